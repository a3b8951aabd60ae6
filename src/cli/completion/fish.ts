import type { CompletedOption, CompletionModel, Place, Value } from './model.js';

/** The script for fish 3. */
export function fishScript(model: CompletionModel): string {
  return `# fish completion for sched. Made by: sched completion fish

${tables(model)}
${RUNTIME}
complete -c sched -f
complete -c sched -n '__sched_at --' -F
${model.globals.map((option) => `complete -c sched -n 'not __sched_at --' ${optionWords(option)}`).join('\n')}
${model.places.flatMap(placeLines).join('\n')}
`;
}

/** One word of fish, whatever is in it. */
function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function tables({ places, globals }: CompletionModel): string {
  const steps = places.flatMap(({ name, steps: next }) =>
    next.map(({ word, to }) => `        case ${quoted(`${name}/${word}`)}\n            echo ${quoted(to)}`),
  );
  const valued = (own: readonly CompletedOption[]) =>
    own
      .filter(({ value }) => value !== undefined)
      .flatMap(({ long, short }) => (short === undefined ? [long] : [long, short]));
  const options = places.flatMap(({ name, options: own }) => valued(own).map((option) => quoted(`${name}/${option}`)));
  const globalOptions = valued(globals).join(' ');
  return `# Where WORD leads from PLACE.
function __sched_step
    switch "$argv[1]/$argv[2]"
${steps.join('\n')}
        case '*'
            return 1
    end
end

# Whether OPTION takes a value at PLACE.
function __sched_takes_value
    set -l option (string replace -a _ - -- $argv[2])
    contains -- $option ${globalOptions}; or contains -- "$argv[1]/$option" ${options.join(' ')}
end
`;
}

const RUNTIME = `# The place that the words before the cursor lead to, and how many arguments follow it.
function __sched_place
    set -l words (commandline -opc)
    set -l place ''
    set -l number 0
    set -l skip 0
    for word in $words[2..-1]
        if test $skip = 1
            set skip 0
            continue
        end
        switch $word
            case --
                printf '%s\\n' -- 0
                return
            case '-*=*'
            case '-*'
                if __sched_takes_value $place $word
                    set skip 1
                end
            case '*'
                set -l to (__sched_step $place $word)
                if test $status = 0
                    set place $to
                else
                    set number (math $number + 1)
                end
        end
    end
    printf '%s\\n' "$place" $number
end

# Whether the cursor is at PLACE and, when given, behind that many arguments.
function __sched_at
    set -l here (__sched_place)
    test "$here[1]" = "$argv[1]"; and begin
        not set -q argv[2]; or test "$here[2]" = "$argv[2]"
    end
end

# What the registry says.
function __sched_live
    set -l registry ''
    set -l words (commandline -opc)
    for index in (seq (count $words))
        if string match -q -- '--registry=*' $words[$index]
            set registry (string replace -- --registry= '' $words[$index])
        else if test "$words[$index]" = --registry
            set registry $words[(math $index + 1)]
        end
    end
    set -l typed (string replace -r -- '^--[a-z_-]+=' '' (commandline -ct | string unescape; or commandline -ct))
    command sched __complete $argv[1] "$typed" "$registry" 2>/dev/null
end
`;

function placeLines(place: Place): readonly string[] {
  const at = quoted(`__sched_at ${quoted(place.name)}`);
  return [
    ...place.steps
      .filter(({ hidden }) => !hidden)
      .map(({ word, help }) => `complete -c sched -n ${at} -a ${quoted(word)} -d ${quoted(help)}`),
    ...place.options.map((option) => `complete -c sched -n ${at} ${optionWords(option)}`),
    ...place.arguments.flatMap(({ value, many }, index) => {
      const offered = valueWords(value);
      const where = many ? at : quoted(`__sched_at ${quoted(place.name)} ${index}`);
      return offered === '' ? [] : [`complete -c sched -n ${where} ${offered}`];
    }),
  ];
}

function optionWords({ long, short, help, value }: CompletedOption): string {
  return [
    `-l ${long.slice(2)}`,
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    ...(value === undefined ? [] : [value.kind === 'file' ? '-r' : '-x', valueWords(value)]),
    `-d ${quoted(help)}`,
  ]
    .filter((word) => word !== '')
    .join(' ');
}

function valueWords(value: Value): string {
  switch (value.kind) {
    case 'text':
      return '';
    case 'file':
      return '-F';
    case 'folder':
      return "-a '(__fish_complete_directories)'";
    case 'live':
      return `-a ${quoted(`(__sched_live ${value.of})`)}`;
    case 'words':
      return `-a ${quoted(value.words.join(' '))}`;
  }
}
