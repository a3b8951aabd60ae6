import { type CompletionModel, globalsAt, type Place } from './model.js';
import { quoted, sharedTables } from './posix-tables.js';

/** The script for bash 3.2 and newer. */
export function bashScript(model: CompletionModel): string {
  return `# bash completion for sched. Made by: sched completion bash

${sharedTables(model)}
${words('__sched_steps', 'The words that lead on from PLACE.', model.places, ({ steps }) =>
  steps.filter(({ hidden }) => !hidden).map(({ word }) => word),
)}
${words('__sched_options', 'The options at PLACE.', model.places, (place) => [
  ...[...place.options, ...globalsAt(place, model)].map(({ long }) => long),
])}
${RUNTIME}`;
}

function words(
  name: string,
  comment: string,
  places: readonly Place[],
  of: (place: Place) => readonly string[],
): string {
  const cases = places
    .map((place) => ({ place, list: of(place) }))
    .filter(({ list }) => list.length > 0)
    .map(({ place, list }) => `    ${quoted(place.name)}) REPLY=${quoted(list.join(' '))} ;;`);
  return [`# ${comment}`, `${name}() {`, '  REPLY=', '  case $1 in', ...cases, '  esac', '}', ''].join('\n');
}

// A template cannot hold a backquote.
const TICK = '`';

const RUNTIME =
  String.raw`# Splits COMP_LINE as COMP_WORDS does, but keeps together what has no blank between (bash breaks words at = and :).
# Sets __sched_words and __sched_lead, the part of the last word that bash does not replace.
__sched_split() {
  local rest=$COMP_LINE trimmed word index=0
  __sched_words=()
  for ((index = 0; index <= COMP_CWORD; index++)); do
    word=\${COMP_WORDS[index]}
    trimmed=\${rest#"\${rest%%[![:space:]]*}"}
    if [[ $index -gt 0 && $trimmed == "$rest" && -n $word ]]; then
      __sched_lead=\${__sched_words[\${#__sched_words[@]} - 1]}
      __sched_words[\${#__sched_words[@]} - 1]+=$word
      if [[ $word == [=:] ]]; then
        __sched_lead+=$word
      fi
    else
      __sched_lead=
      __sched_words+=("$word")
    fi
    rest=\${trimmed#"$word"}
  done
}

# What a word says without its quotes and backslashes, as far as it has been typed.
__sched_plain() {
  case $1 in
    \"*)
      REPLY=\${1:1}
      REPLY=\${REPLY%\"}
      ;;
    \'*)
      REPLY=\${1:1}
      REPLY=\${REPLY%\'}
      ;;
    *) REPLY=\${1//\\/} ;;
  esac
}

# Adds each line of stdin that begins with TYPED, written so that bash reads it back as it is; CUT is taken off its front.
__sched_reply() {
  local typed=$1 cut=$2 quote=$3 candidate
  while IFS= read -r candidate; do
    [[ -n $candidate && $candidate == "$typed"* ]] || continue
    candidate=\${candidate#"$cut"}
    case $quote in
      \")
        candidate=\${candidate//\\/\\\\}
        candidate=\${candidate//\"/\\\"}
        candidate=\${candidate//\$/\\\$}
        candidate=\${candidate//${'\\'}${TICK}/${'\\\\\\'}${TICK}}
        ;;
      \') candidate=\${candidate//\'/\'\\\'\'} ;;
      *) printf -v candidate %q "$candidate" ;;
    esac
    COMPREPLY+=("$candidate")
  done
}

# Offers what a value may be.
__sched_value() {
  local kind=$1 typed=$2 cut=$3 quote=$4
  case $kind in
    live:*)
      __sched_reply "$typed" "$cut" "$quote" < <(command sched __complete "\${kind#live:}" "$typed" "$__sched_registry" 2>/dev/null)
      ;;
    words:*)
      kind=\${kind#words:}
      __sched_reply "$typed" "$cut" "$quote" < <(printf '%s\n' \${kind// /$'\n'})
      ;;
    file) __sched_files default ;;
    folder) __sched_files dirnames ;;
  esac
}

__sched_files() {
  # bash 3.2 has no compopt; there the files come from the word itself.
  compopt -o "$1" 2>/dev/null || COMPREPLY+=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}

_sched() {
  local place= word kind REPLY index number=0 last option quote=
  local __sched_lead= __sched_registry= __sched_words
  COMPREPLY=()
  __sched_split
  last=$((\${#__sched_words[@]} - 1))
  for ((index = 1; index < last; index++)); do
    __sched_plain "\${__sched_words[index]}"
    word=$REPLY
    case $word in
      --)
        __sched_files default
        return
        ;;
      --registry=*) __sched_registry=\${word#*=} ;;
      -*=*) ;;
      -*)
        if __sched_option "$place" "$word" && [[ -n $REPLY ]]; then
          kind=$REPLY
          ((index++))
          if ((index == last)); then
            word=\${__sched_words[last]}
            case $word in \"* | \'*) quote=\${word:0:1} ;; esac
            __sched_plain "$word"
            __sched_value "$kind" "$REPLY" "$__sched_lead" "$quote"
            return
          fi
          if [[ $word == --registry ]]; then
            __sched_plain "\${__sched_words[index]}"
            __sched_registry=$REPLY
          fi
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
  word=\${__sched_words[last]}
  case $word in
    --*=*)
      option=\${word%%=*}
      if __sched_option "$place" "$option" && [[ -n $REPLY ]]; then
        kind=$REPLY
        __sched_plain "\${word#*=}"
        __sched_lead=\${__sched_lead#"$option"}
        __sched_value "$kind" "$REPLY" "\${__sched_lead#=}" "$quote"
      fi
      ;;
    -*)
      __sched_options "$place"
      __sched_reply "$word" '' '' < <(printf '%s\n' \${REPLY// /$'\n'})
      ;;
    *)
      case $word in \"* | \'*) quote=\${word:0:1} ;; esac
      __sched_steps "$place"
      if [[ -n $REPLY ]]; then
        __sched_reply "$word" '' '' < <(printf '%s\n' \${REPLY// /$'\n'})
      elif __sched_argument "$place" "$number"; then
        kind=$REPLY
        __sched_plain "$word"
        __sched_value "$kind" "$REPLY" "$__sched_lead" "$quote"
      fi
      ;;
  esac
}

complete -F _sched sched
`.replaceAll('\\${', '${');
