import type { CompletionModel, Place } from './model.js';
import { quoted, sharedTables } from './posix-tables.js';

/** The script for zsh 5. */
export function zshScript(model: CompletionModel): string {
  return `#compdef sched
# zsh completion for sched. Made by: sched completion zsh

${sharedTables(model)}
${described('__sched_steps', 'The words that lead on from PLACE, with what they do.', model.places, ({ steps }) =>
  steps.filter(({ hidden }) => !hidden).map(({ word, help }) => [word, help] as const),
)}
${described('__sched_own_options', 'The options of PLACE alone, with what they do.', model.places, ({ options }) =>
  options.map(({ long, help }) => [long, help] as const),
)}
# The options at PLACE, with what they do.
__sched_options() {
  __sched_own_options "$1"
  local option
  for option in ${model.globals.map(({ long, help }) => quoted(`${long}:${help}`)).join(' ')}; do
    (($reply[(I)\${option%%:*}:*])) || reply+=("$option")
  done
}

${RUNTIME}`;
}

function described(
  name: string,
  comment: string,
  places: readonly Place[],
  of: (place: Place) => readonly (readonly [word: string, help: string])[],
): string {
  const cases = places
    .map((place) => ({ place, list: of(place) }))
    .filter(({ list }) => list.length > 0)
    .map(({ place, list }) => {
      const items = list.map(([word, help]) => quoted(`${word.replaceAll(':', '\\:')}:${help}`));
      return `    ${quoted(place.name)}) reply=(${items.join(' ')}) ;;`;
    });
  return [`# ${comment}`, `${name}() {`, '  reply=()', '  case $1 in', ...cases, '  esac', '}', ''].join('\n');
}

const RUNTIME = String.raw`# Offers what a value may be.
__sched_value() {
  local -a candidates
  case $1 in
    live:*)
      candidates=("\${(@f)$(command sched __complete "\${1#live:}" "\${(Q)PREFIX}" "$registry" 2>/dev/null)}")
      candidates=("\${(@)candidates:#}")
      (($#candidates)) && compadd -a candidates
      ;;
    words:*)
      candidates=(\${(s: :)1#words:})
      compadd -a candidates
      ;;
    file) _files ;;
    folder) _files -/ ;;
    *) _message value ;;
  esac
}

_sched() {
  local place= word kind registry= REPLY
  local -a reply
  local -i index number=0
  for ((index = 2; index < CURRENT; index++)); do
    word=\${(Q)words[index]}
    case $word in
      --)
        _files
        return
        ;;
      --registry=*) registry=\${word#*=} ;;
      -*=*) ;;
      -*)
        if __sched_option "$place" "$word" && [[ -n $REPLY ]]; then
          kind=$REPLY
          ((index++))
          if ((index == CURRENT)); then
            __sched_value "$kind"
            return
          fi
          [[ $word == --registry ]] && registry=\${(Q)words[index]}
        fi
        ;;
      *)
        if __sched_step "$place" "$word"; then
          place=$REPLY
        else
          ((number++))
        fi
        ;;
    esac
  done
  case $PREFIX in
    --*=*)
      if __sched_option "$place" "\${PREFIX%%=*}" && [[ -n $REPLY ]]; then
        kind=$REPLY
        compset -P '*='
        __sched_value "$kind"
      fi
      ;;
    -*)
      __sched_options "$place"
      _describe -o option reply
      ;;
    *)
      __sched_steps "$place"
      if (($#reply)); then
        _describe command reply
      elif __sched_argument "$place" "$number"; then
        __sched_value "$REPLY"
      fi
      ;;
  esac
}

if [[ \${zsh_eval_context[-1]} == loadautofunc ]]; then
  _sched "$@"
else
  compdef _sched sched
fi
`.replaceAll('\\${', '${');
