# bash completion for sched. Made by: sched completion bash

# Where WORD leads from PLACE.
__sched_step() {
  REPLY=
  case "$1/$2" in
    /create) REPLY=create ;;
    /list | /ls) REPLY=list ;;
    /get | /describe) REPLY=get ;;
    /update) REPLY=update ;;
    /pause | /deactivate) REPLY=pause ;;
    /resume | /activate) REPLY=resume ;;
    /delete | /rm) REPLY=delete ;;
    /adopt) REPLY=adopt ;;
    /trigger | /run) REPLY=trigger ;;
    /runs) REPLY=runs ;;
    /logs) REPLY=logs ;;
    /next) REPLY=next ;;
    /backfill) REPLY=backfill ;;
    /audit) REPLY=audit ;;
    /validate) REPLY=validate ;;
    /history) REPLY=history ;;
    /undo) REPLY=undo ;;
    /restore) REPLY=restore ;;
    /agent) REPLY=agent ;;
    /completion) REPLY=completion ;;
    /version) REPLY=version ;;
    /orchestrator) REPLY=orchestrator ;;
    /registry) REPLY=registry ;;
    /schedule) REPLY='' ;;
    /pipeline) REPLY=pipeline ;;
    /help) REPLY='' ;;
    orchestrator/register) REPLY='orchestrator register' ;;
    orchestrator/list | orchestrator/ls) REPLY='orchestrator list' ;;
    orchestrator/get | orchestrator/describe) REPLY='orchestrator get' ;;
    orchestrator/update) REPLY='orchestrator update' ;;
    orchestrator/delete | orchestrator/rm) REPLY='orchestrator delete' ;;
    orchestrator/check) REPLY='orchestrator check' ;;
    orchestrator/flavors) REPLY='orchestrator flavors' ;;
    registry/path) REPLY='registry path' ;;
    registry/check) REPLY='registry check' ;;
    registry/backup) REPLY='registry backup' ;;
    registry/compact) REPLY='registry compact' ;;
    pipeline/schedule) REPLY='' ;;
    *) return 1 ;;
  esac
}

# What the value of OPTION is, at PLACE; empty for a switch.
__sched_option() {
  REPLY=
  case "$1/${2//_/-}" in
    create/--cron | create/--every | create/--interval-second | create/--on | create/--time | create/--at) REPLY=text ;;
    create/--on-change) REPLY=folder ;;
    create/--poll | create/--file-parameter) REPLY=text ;;
    create/--timezone) REPLY=live:timezone ;;
    create/--start-time | create/--end-time | create/--max-runs) REPLY=text ;;
    create/--catchup) REPLY='words:none last all true false' ;;
    create/--catchup-limit) REPLY=text ;;
    create/--overlap) REPLY='words:allow forbid replace' ;;
    create/--pipeline | create/--image) REPLY=text ;;
    create/--job-template) REPLY=file ;;
    create/--from-cronjob | create/--reference) REPLY=text ;;
    create/--working-directory) REPLY=folder ;;
    create/--env) REPLY=text ;;
    create/--env-file) REPLY=file ;;
    create/--secret-env | create/--requests | create/--limits | create/--node-selector | create/--service-account | create/--image-pull-secret | create/--param | create/--params | create/--run-timeout | create/--retries | create/--retry-delay | create/--retry-factor) REPLY=text ;;
    create/--orchestrator) REPLY=live:orchestrator ;;
    create/--label | create/--description | create/--owner) REPLY=text ;;
    create/--fired-by) REPLY='words:orchestrator agent' ;;
    create/--paused | create/--if-not-exists | create/--replace) REPLY='' ;;
    create/--reason) REPLY=text ;;
    create/--dry-run | list/--live | list/--watch | list/-w) REPLY='' ;;
    list/--columns | list/-c) REPLY=text ;;
    list/--is-archived) REPLY='words:true false both' ;;
    list/--logical-operator) REPLY='words:and or' ;;
    list/--page | list/--selector | list/-l | list/--size) REPLY=text ;;
    list/--sort-by) REPLY='words:asc:name desc:name asc:pipeline desc:pipeline asc:orchestrator desc:orchestrator asc:created desc:created asc:updated desc:updated asc:next_run_time desc:next_run_time asc:last_run_time desc:last_run_time' ;;
    list/--active | list/--catchup | list/--created | list/--cron-expression | list/--end-time | list/--flavor | list/--id | list/--interval-second | list/--last-run-time) REPLY=text ;;
    list/--name) REPLY=live:schedule ;;
    list/--native-id | list/--next-run-time) REPLY=text ;;
    list/--orchestrator) REPLY=live:orchestrator ;;
    list/--orchestrator-id | list/--owner | list/--pipeline | list/--pipeline-id | list/--project | list/--run-once-start-time | list/--start-time | list/--state) REPLY=text ;;
    list/--timezone) REPLY=live:timezone ;;
    list/--updated | list/--user) REPLY=text ;;
    get/--live) REPLY='' ;;
    update/--cron-expression | update/-c | update/--cron | update/--every | update/--interval-second | update/--on | update/--time | update/--at) REPLY=text ;;
    update/--on-change) REPLY=folder ;;
    update/--poll | update/--file-parameter) REPLY=text ;;
    update/--timezone) REPLY=live:timezone ;;
    update/--start-time | update/--end-time | update/--max-runs) REPLY=text ;;
    update/--catchup) REPLY='words:none last all true false' ;;
    update/--catchup-limit) REPLY=text ;;
    update/--overlap) REPLY='words:allow forbid replace' ;;
    update/--pipeline | update/--image) REPLY=text ;;
    update/--job-template) REPLY=file ;;
    update/--from-cronjob | update/--reference) REPLY=text ;;
    update/--working-directory) REPLY=folder ;;
    update/--env) REPLY=text ;;
    update/--env-file) REPLY=file ;;
    update/--secret-env | update/--requests | update/--limits | update/--node-selector | update/--service-account | update/--image-pull-secret | update/--param | update/--params | update/--run-timeout | update/--retries | update/--retry-delay | update/--retry-factor | update/--name | update/--label | update/--description | update/--owner) REPLY=text ;;
    update/--clear-start-time | update/--clear-end-time | update/--clear-max-runs | update/--clear-run-timeout | update/--clear-retries | update/--clear-params | update/--clear-labels | update/--clear-description | update/--clear-owner) REPLY='' ;;
    update/--clear-label | update/--clear-param | update/--clear-env | update/--clear-secret-env | update/--clear-request | update/--clear-limit | update/--clear-node-selector) REPLY=text ;;
    update/--clear-service-account) REPLY='' ;;
    update/--clear-image-pull-secret | update/--reason) REPLY=text ;;
    update/--dry-run) REPLY='' ;;
    pause/--selector | pause/-l) REPLY=text ;;
    pause/--all) REPLY='' ;;
    pause/--until | pause/--reason) REPLY=text ;;
    pause/--dry-run) REPLY='' ;;
    resume/--selector | resume/-l) REPLY=text ;;
    resume/--all) REPLY='' ;;
    resume/--reason) REPLY=text ;;
    resume/--dry-run) REPLY='' ;;
    delete/--selector | delete/-l) REPLY=text ;;
    delete/--all | delete/--yes | delete/-y | delete/--hard | delete/--keep-native | delete/--delete-native | delete/--stop-runs) REPLY='' ;;
    delete/--reason) REPLY=text ;;
    delete/--dry-run) REPLY='' ;;
    adopt/--name) REPLY=text ;;
    adopt/--timezone) REPLY=live:timezone ;;
    adopt/--pipeline) REPLY=text ;;
    adopt/--stamp) REPLY='' ;;
    adopt/--reason) REPLY=text ;;
    adopt/--dry-run) REPLY='' ;;
    trigger/--param | trigger/--params) REPLY=text ;;
    trigger/--wait | trigger/--dry-run) REPLY='' ;;
    runs/--columns | runs/-c) REPLY=text ;;
    runs/--watch | runs/-w) REPLY='' ;;
    runs/--pipeline) REPLY=text ;;
    runs/--orchestrator) REPLY=live:orchestrator ;;
    runs/--status) REPLY='words:pending running succeeded failed timed_out stopped skipped unknown' ;;
    runs/--trigger) REPLY='words:schedule manual backfill catchup' ;;
    runs/--since | runs/--size | logs/--run | next/--cron | next/--every | next/--interval-second | next/--on | next/--time | next/--at) REPLY=text ;;
    next/--timezone) REPLY=live:timezone ;;
    next/--start-time | next/--end-time | next/--count | next/-n | next/--from | next/--to) REPLY=text ;;
    next/--orchestrator) REPLY=live:orchestrator ;;
    backfill/--from | backfill/--to) REPLY=text ;;
    backfill/--reprocess) REPLY='words:none failed completed' ;;
    backfill/--param | backfill/--params | backfill/--limit) REPLY=text ;;
    backfill/--wait | backfill/--yes | backfill/-y | backfill/--dry-run) REPLY='' ;;
    audit/--orchestrator) REPLY=live:orchestrator ;;
    audit/--since | audit/--fail-on) REPLY=text ;;
    audit/--fix | audit/--delete-orphans) REPLY='' ;;
    audit/--max-changes) REPLY=text ;;
    audit/--backup-folder) REPLY=folder ;;
    audit/--yes | audit/-y) REPLY='' ;;
    audit/--reason) REPLY=text ;;
    audit/--dry-run) REPLY='' ;;
    validate/--columns | validate/-c | validate/--selector | validate/-l) REPLY=text ;;
    validate/--all) REPLY='' ;;
    history/--columns | history/-c | history/--size) REPLY=text ;;
    undo/--force) REPLY='' ;;
    undo/--reason) REPLY=text ;;
    undo/--dry-run | restore/--yes | restore/-y) REPLY='' ;;
    restore/--reason) REPLY=text ;;
    restore/--dry-run) REPLY='' ;;
    'orchestrator register/--flavor') REPLY=live:flavor ;;
    'orchestrator register/--set') REPLY=text ;;
    'orchestrator register/--default') REPLY='' ;;
    'orchestrator list/--columns' | 'orchestrator list/-c' | 'orchestrator update/--set' | 'orchestrator update/--clear' | 'orchestrator update/--name') REPLY=text ;;
    'orchestrator update/--default' | 'orchestrator update/--pin' | 'orchestrator delete/--yes' | 'orchestrator delete/-y' | 'orchestrator check/--live') REPLY='' ;;
    'orchestrator check/--image' | 'orchestrator check/--columns' | 'orchestrator check/-c' | 'orchestrator flavors/--columns' | 'orchestrator flavors/-c') REPLY=text ;;
    agent/--once | agent/--install | agent/--uninstall) REPLY='' ;;
    agent/--grace) REPLY=text ;;
    agent/--orchestrator) REPLY=live:orchestrator ;;
    agent/--dry-run) REPLY='' ;;
    */--ca-file) REPLY=file ;;
    */--color) REPLY='words:always never auto' ;;
    */--columns) REPLY=text ;;
    */--debug | */--help | */-h | */--no-headers) REPLY='' ;;
    */--output | */-o) REPLY='words:table json yaml csv tsv name' ;;
    */--registry) REPLY=file ;;
    */--timeout) REPLY=text ;;
    *) return 1 ;;
  esac
}

# What the argument with that number (from 0) is, at PLACE.
__sched_argument() {
  REPLY=
  case "$1/$2" in
    create/0) REPLY=text ;;
    get/* | update/0 | pause/* | resume/* | delete/*) REPLY=live:schedule ;;
    adopt/0) REPLY=live:orchestrator ;;
    adopt/*) REPLY=text ;;
    trigger/0 | runs/0 | logs/0 | next/0 | backfill/0 | audit/* | validate/* | history/0) REPLY=live:schedule ;;
    undo/0) REPLY=live:change ;;
    restore/0) REPLY=file ;;
    restore/* | 'orchestrator register/0') REPLY=text ;;
    'orchestrator get/0' | 'orchestrator update/0' | 'orchestrator delete/0' | 'orchestrator check/0') REPLY=live:orchestrator ;;
    'registry backup/0') REPLY=file ;;
    completion/0) REPLY='words:bash fish zsh' ;;
    *) return 1 ;;
  esac
}

# The words that lead on from PLACE.
__sched_steps() {
  REPLY=
  case $1 in
    '') REPLY='create list get update pause resume delete adopt trigger runs logs next backfill audit validate history undo restore agent completion version orchestrator registry help' ;;
    orchestrator) REPLY='register list get update delete check flavors' ;;
    registry) REPLY='path check backup compact' ;;
    pipeline) REPLY=schedule ;;
  esac
}

# The options at PLACE.
__sched_options() {
  REPLY=
  case $1 in
    '') REPLY='--ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    orchestrator) REPLY='--ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    registry) REPLY='--ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    pipeline) REPLY='--ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    create) REPLY='--cron --every --interval-second --on --time --at --on-change --poll --file-parameter --timezone --start-time --end-time --max-runs --catchup --catchup-limit --overlap --pipeline --image --job-template --from-cronjob --reference --working-directory --env --env-file --secret-env --requests --limits --node-selector --service-account --image-pull-secret --param --params --run-timeout --retries --retry-delay --retry-factor --orchestrator --label --description --owner --fired-by --paused --if-not-exists --replace --reason --dry-run --ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    list) REPLY='--live --watch --columns --is-archived --logical-operator --page --selector --size --sort-by --active --catchup --created --cron-expression --end-time --flavor --id --interval-second --last-run-time --name --native-id --next-run-time --orchestrator --orchestrator-id --owner --pipeline --pipeline-id --project --run-once-start-time --start-time --state --timezone --updated --user --ca-file --color --debug --help --no-headers --output --registry --timeout' ;;
    get) REPLY='--live --ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    update) REPLY='--cron-expression --cron --every --interval-second --on --time --at --on-change --poll --file-parameter --timezone --start-time --end-time --max-runs --catchup --catchup-limit --overlap --pipeline --image --job-template --from-cronjob --reference --working-directory --env --env-file --secret-env --requests --limits --node-selector --service-account --image-pull-secret --param --params --run-timeout --retries --retry-delay --retry-factor --name --label --description --owner --clear-start-time --clear-end-time --clear-max-runs --clear-run-timeout --clear-retries --clear-params --clear-labels --clear-description --clear-owner --clear-label --clear-param --clear-env --clear-secret-env --clear-request --clear-limit --clear-node-selector --clear-service-account --clear-image-pull-secret --reason --dry-run --ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    pause) REPLY='--selector --all --until --reason --dry-run --ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    resume) REPLY='--selector --all --reason --dry-run --ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    delete) REPLY='--selector --all --yes --hard --keep-native --delete-native --stop-runs --reason --dry-run --ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    adopt) REPLY='--name --timezone --pipeline --stamp --reason --dry-run --ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    trigger) REPLY='--param --params --wait --dry-run --ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    runs) REPLY='--columns --watch --pipeline --orchestrator --status --trigger --since --size --ca-file --color --debug --help --no-headers --output --registry --timeout' ;;
    logs) REPLY='--run --ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    next) REPLY='--cron --every --interval-second --on --time --at --timezone --start-time --end-time --count --from --to --orchestrator --ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    backfill) REPLY='--from --to --reprocess --param --params --limit --wait --yes --dry-run --ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    audit) REPLY='--orchestrator --since --fail-on --fix --delete-orphans --max-changes --backup-folder --yes --reason --dry-run --ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    validate) REPLY='--columns --selector --all --ca-file --color --debug --help --no-headers --output --registry --timeout' ;;
    history) REPLY='--columns --size --ca-file --color --debug --help --no-headers --output --registry --timeout' ;;
    undo) REPLY='--force --reason --dry-run --ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    restore) REPLY='--yes --reason --dry-run --ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    'orchestrator register') REPLY='--flavor --set --default --ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    'orchestrator list') REPLY='--columns --ca-file --color --debug --help --no-headers --output --registry --timeout' ;;
    'orchestrator get') REPLY='--ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    'orchestrator update') REPLY='--set --clear --name --default --pin --ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    'orchestrator delete') REPLY='--yes --ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    'orchestrator check') REPLY='--live --image --columns --ca-file --color --debug --help --no-headers --output --registry --timeout' ;;
    'orchestrator flavors') REPLY='--columns --ca-file --color --debug --help --no-headers --output --registry --timeout' ;;
    agent) REPLY='--once --install --uninstall --grace --orchestrator --dry-run --ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    'registry path') REPLY='--ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    'registry check') REPLY='--ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    'registry backup') REPLY='--ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    'registry compact') REPLY='--ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    completion) REPLY='--ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
    version) REPLY='--ca-file --color --columns --debug --help --no-headers --output --registry --timeout' ;;
  esac
}

# Splits COMP_LINE as COMP_WORDS does, but keeps together what has no blank between (bash breaks words at = and :).
# Sets __sched_words and __sched_lead, the part of the last word that bash does not replace.
__sched_split() {
  local rest=$COMP_LINE trimmed word index=0
  __sched_words=()
  for ((index = 0; index <= COMP_CWORD; index++)); do
    word=${COMP_WORDS[index]}
    trimmed=${rest#"${rest%%[![:space:]]*}"}
    if [[ $index -gt 0 && $trimmed == "$rest" && -n $word ]]; then
      __sched_lead=${__sched_words[${#__sched_words[@]} - 1]}
      __sched_words[${#__sched_words[@]} - 1]+=$word
      if [[ $word == [=:] ]]; then
        __sched_lead+=$word
      fi
    else
      __sched_lead=
      __sched_words+=("$word")
    fi
    rest=${trimmed#"$word"}
  done
}

# What a word says without its quotes and backslashes, as far as it has been typed.
__sched_plain() {
  case $1 in
    \"*)
      REPLY=${1:1}
      REPLY=${REPLY%\"}
      ;;
    \'*)
      REPLY=${1:1}
      REPLY=${REPLY%\'}
      ;;
    *) REPLY=${1//\\/} ;;
  esac
}

# Adds each line of stdin that begins with TYPED, written so that bash reads it back as it is; CUT is taken off its front.
__sched_reply() {
  local typed=$1 cut=$2 quote=$3 candidate
  while IFS= read -r candidate; do
    [[ -n $candidate && $candidate == "$typed"* ]] || continue
    candidate=${candidate#"$cut"}
    case $quote in
      \")
        candidate=${candidate//\\/\\\\}
        candidate=${candidate//\"/\\\"}
        candidate=${candidate//\$/\\\$}
        candidate=${candidate//\`/\\\`}
        ;;
      \') candidate=${candidate//\'/\'\\\'\'} ;;
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
      __sched_reply "$typed" "$cut" "$quote" < <(command sched __complete "${kind#live:}" "$typed" "$__sched_registry" 2>/dev/null)
      ;;
    words:*)
      kind=${kind#words:}
      __sched_reply "$typed" "$cut" "$quote" < <(printf '%s\n' ${kind// /$'\n'})
      ;;
    file) __sched_files default ;;
    folder) __sched_files dirnames ;;
  esac
}

__sched_files() {
  # bash 3.2 has no compopt; there the files come from the word itself.
  compopt -o "$1" 2>/dev/null || COMPREPLY+=($(compgen -f -- "${COMP_WORDS[COMP_CWORD]}"))
}

_sched() {
  local place= word kind REPLY index number=0 last option quote=
  local __sched_lead= __sched_registry= __sched_words
  COMPREPLY=()
  __sched_split
  last=$((${#__sched_words[@]} - 1))
  for ((index = 1; index < last; index++)); do
    __sched_plain "${__sched_words[index]}"
    word=$REPLY
    case $word in
      --)
        __sched_files default
        return
        ;;
      --registry=*) __sched_registry=${word#*=} ;;
      -*=*) ;;
      -*)
        if __sched_option "$place" "$word" && [[ -n $REPLY ]]; then
          kind=$REPLY
          ((index++))
          if ((index == last)); then
            word=${__sched_words[last]}
            case $word in \"* | \'*) quote=${word:0:1} ;; esac
            __sched_plain "$word"
            __sched_value "$kind" "$REPLY" "$__sched_lead" "$quote"
            return
          fi
          if [[ $word == --registry ]]; then
            __sched_plain "${__sched_words[index]}"
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
  word=${__sched_words[last]}
  case $word in
    --*=*)
      option=${word%%=*}
      if __sched_option "$place" "$option" && [[ -n $REPLY ]]; then
        kind=$REPLY
        __sched_plain "${word#*=}"
        __sched_lead=${__sched_lead#"$option"}
        __sched_value "$kind" "$REPLY" "${__sched_lead#=}" "$quote"
      fi
      ;;
    -*)
      __sched_options "$place"
      __sched_reply "$word" '' '' < <(printf '%s\n' ${REPLY// /$'\n'})
      ;;
    *)
      case $word in \"* | \'*) quote=${word:0:1} ;; esac
      __sched_steps "$place"
      if [[ -n $REPLY ]]; then
        __sched_reply "$word" '' '' < <(printf '%s\n' ${REPLY// /$'\n'})
      elif __sched_argument "$place" "$number"; then
        kind=$REPLY
        __sched_plain "$word"
        __sched_value "$kind" "$REPLY" "$__sched_lead" "$quote"
      fi
      ;;
  esac
}

complete -F _sched sched
