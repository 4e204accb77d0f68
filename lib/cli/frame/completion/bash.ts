import { flagsOf, type Point, quote, reachable, VALUED_ANYWHERE } from './points.ts';

/** The completion script for bash 3.2 and newer. */
export function bashCompletion(points: readonly Point[]): string {
  return `# bash completion for sluice: source <(sluice completion bash)
_sluice() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} place= words= options= i
  # bash makes a word of the "=" in --option=value.
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case \${COMP_WORDS[i]} in
      --) return ;;
      ${VALUED_ANYWHERE.flatMap(flagsOf).join('|')}) ((i++)) ;;
    esac
    case "$place \${COMP_WORDS[i]}" in
      ${reachable(points).map(quote).join('|')}) place="$place \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$place $prev" in
${points.flatMap(valueCases).join('\n')}
  esac
  case $place in
${points.map(pointCase).join('\n')}
  esac
  [[ $cur == -* ]] && words=$options
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
complete -o default -F _sluice sluice
`;
}

function valueCases(point: Point): string[] {
  return point.options
    .filter(option => option.takesValue)
    .map(option => {
      const patterns = flagsOf(option).map(flag => quote(`${point.place} ${flag}`));
      const complete =
        option.choices.length > 0
          ? `COMPREPLY=($(compgen -W ${quote(option.choices.join(' '))} -- "$cur")); `
          : '';
      return `    ${patterns.join('|')}) ${complete}return ;;`;
    });
}

function pointCase(point: Point): string {
  const words = point.words.map(([word]) => word).join(' ');
  const options = point.options.map(({ long }) => long).join(' ');
  return `    ${quote(point.place)}) words=${quote(words)} options=${quote(options)} ;;`;
}
