import type { Entry } from '../layout.ts';
import { flagsOf, type Point, quote, reachable, VALUED_ANYWHERE } from './points.ts';

/** The completion script for zsh: sourced, or as a file `_sluice` on the `fpath`. */
export function zshCompletion(points: readonly Point[]): string {
  return `#compdef sluice
# zsh completion for sluice: source <(sluice completion zsh)
_sluice() {
  local place= previous=$words[CURRENT-1] i
  local -a next options
  if [[ $words[CURRENT] == --*=* ]]; then
    previous=\${words[CURRENT]%%=*}
    compset -P '*='
  fi
  for ((i = 2; i < CURRENT; i++)); do
    case $words[i] in
      --) _files; return ;;
      ${VALUED_ANYWHERE.flatMap(flagsOf).join('|')}) ((i++)) ;;
    esac
    case "$place $words[i]" in
      ${reachable(points).map(quote).join('|')}) place="$place $words[i]" ;;
    esac
  done
  case "$place $previous" in
${points.flatMap(valueCases).join('\n')}
  esac
  case $place in
${points.map(pointCase).join('\n')}
  esac
  if [[ $words[CURRENT] == -* ]]; then
    _describe option options
  elif (( $#next )); then
    _describe word next
  else
    _files
  fi
}
if [[ $funcstack[1] == _sluice ]]; then
  _sluice "$@"
else
  compdef _sluice sluice
fi
`;
}

function valueCases(point: Point): string[] {
  return point.options
    .filter(option => option.takesValue)
    .map(option => {
      const patterns = flagsOf(option).map(flag => quote(`${point.place} ${flag}`));
      const complete =
        option.choices.length > 0 ? `compadd -- ${option.choices.map(quote).join(' ')}` : '_files';
      return `    ${patterns.join('|')}) ${complete}; return ;;`;
    });
}

function pointCase(point: Point): string {
  const options = point.options.map((option): Entry => [option.long, option.says]);
  return `    ${quote(point.place)})
      next=(${point.words.map(described).join(' ')})
      options=(${options.map(described).join(' ')}) ;;`;
}

/** A word and what is said of it, as `_describe` takes them. */
function described([word, says]: Entry): string {
  return quote(`${word.replaceAll(':', String.raw`\:`)}:${says}`);
}
