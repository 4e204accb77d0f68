import { flagsOf, type Point, type PointOption, reachable, VALUED_ANYWHERE } from './points.ts';

/** The completion script for fish 3.1 and newer. */
export function fishCompletion(points: readonly Point[]): string {
  return `# fish completion for sluice: sluice completion fish | source
function __sluice_at
    set -l place ''
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case --
                test "$argv" = --
                return
            case ${VALUED_ANYWHERE.flatMap(flagsOf).join(' ')}
                set skip 1
        end
        switch "$place $word"
            case ${reachable(points).map(quote).join(' ')}
                set place "$place $word"
        end
    end
    test "$place" = "$argv"
end
complete -c sluice -f
complete -c sluice -n "__sluice_at --" -F
${points.flatMap(pointLines).join('\n')}
`;
}

function pointLines(point: Point): string[] {
  const at = `complete -c sluice -n ${quote(`__sluice_at ${quote(point.place)}`)}`;
  return [
    ...point.words.map(([word, says]) => `${at} -a ${quote(word)} -d ${quote(says)}`),
    ...(point.takesFiles ? [`${at} -F`] : []),
    ...point.options.map(option => `${at} ${optionSyntax(option)}`),
  ];
}

function optionSyntax({ long, short, says, takesValue, choices }: PointOption): string {
  const flags = [`-l ${long.slice(2)}`, ...(short ? [`-s ${short.slice(1)}`] : [])];
  const value = choices.length > 0 ? `-x -a ${quote(choices.join(' '))}` : takesValue ? '-r -F' : '';
  return [...flags, `-d ${quote(says)}`, value].join(' ').trimEnd();
}

/** Quotes a text for fish, where a backslash escapes inside single quotes. */
function quote(text: string): string {
  return `'${text.replace(/['\\]/g, String.raw`\$&`)}'`;
}
