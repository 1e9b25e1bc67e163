// SPDX-License-Identifier: Apache-2.0
import { Argument, type Command, Command as CommanderCommand, type Option } from 'commander';

/** A command and the words that lead to it: "probe status"; "" is `weir` itself. */
interface Placed {
  readonly path: string;
  readonly command: Command;
}

function placedBelow({ path, command }: Placed): Placed[] {
  return command.commands.flatMap((child) => {
    const placed = { path: `${path} ${child.name()}`.trim(), command: child };
    return [placed, ...placedBelow(placed)];
  });
}

/** Words that may follow a command: its subcommands, the choices of its arguments, its long flags. */
function wordsOf(command: Command): string[] {
  const flags = command.options.map(({ long }) => long).filter((flag) => flag !== undefined);
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  return [...command.commands.map((child) => child.name()), ...choices, ...flags, '--help'];
}

/** What may follow a flag that takes a value; nothing stands for files. */
function valueCase(path: string, { long, argChoices }: Option): string {
  return `    "${path} ${long}") words="${argChoices?.join(' ') ?? ''}" ;;`;
}

function cases({ path, command }: Placed): string[] {
  const withValue = command.options.filter(({ required, optional }) => required || optional);
  return [
    ...withValue.map((option) => valueCase(path, option)),
    `    "${path} "*) words="${wordsOf(command).join(' ')}" ;;`,
  ];
}

function bashScript(weir: Command): string {
  const placed = placedBelow({ path: '', command: weir });
  // The longer path first: "probe "* matches "probe status" too.
  const deepest = [...placed].sort((left, right) => right.path.length - left.path.length);
  const known = placed.map(({ path }) => `"${path}"`).join('|');
  return `# bash completion for weir
_weir() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  local command="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "\${command:+$command }$word" in
      ${known}) command="\${command:+$command }$word" ;;
    esac
  done
  case "$command $previous" in
${[...deepest.flatMap(cases), ...cases({ path: '', command: weir })].join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ -z "$words" ]] && COMPREPLY=($(compgen -f -- "$current"))
  return 0
}
complete -o filenames -F _weir weir
`;
}

const fishText = (text: string): string => `'${text.replaceAll(/['\\]/g, '\\$&')}'`;

/** A condition, what it offers, and the offer's description. */
function fishLine({ path, ...offer }: { path: string; words: string; about: string }): string {
  const at = fishText(`__weir_at ${fishText(path)}`);
  return `complete -c weir -n ${at} ${offer.words} -d ${fishText(offer.about)}`;
}

function fishOption({ path }: Placed, option: Option): string[] {
  if (option.long === undefined) return [];
  const { long, short, required, optional, argChoices, description: about } = option;
  const values = argChoices === undefined ? ' -rF' : ` -x -a ${fishText(argChoices.join(' '))}`;
  const name = `-l ${long.slice(2)}${short === undefined ? '' : ` -s ${short.slice(1)}`}`;
  return [fishLine({ path, words: required || optional ? name + values : name, about })];
}

function fishLines(placed: Placed): string[] {
  const { path, command } = placed;
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  const words = [
    ...command.commands.map((child) => [child.name(), child.summary()] as const),
    ...choices.map((choice) => [choice, ''] as const),
  ];
  return [
    ...words.map(([word, about]) => fishLine({ path, words: `-f -a ${word}`, about })),
    ...command.options.flatMap((option) => fishOption(placed, option)),
  ];
}

function fishScript(weir: Command): string {
  const placed = placedBelow({ path: '', command: weir });
  return `# fish completion for weir
function __weir_at
  set -l path
  for word in (commandline -opc)[2..]
    if contains -- (string trim "$path $word") ${placed.map(({ path }) => fishText(path)).join(' ')}
      set path (string trim "$path $word")
    end
  end
  test "$path" = "$argv[1]"
end
${[{ path: '', command: weir }, ...placed].flatMap(fishLines).join('\n')}
`;
}

const ZSH_PROLOGUE = 'autoload -U +X bashcompinit && bashcompinit\n';

const SHELLS: Readonly<Record<string, (weir: Command) => string>> = {
  bash: bashScript,
  zsh: (weir) => ZSH_PROLOGUE + bashScript(weir),
  fish: fishScript,
};

/** @param weir the whole program: the script is made from its commands */
export function completionCommand(weir: Command): Command {
  return new CommanderCommand('completion')
    .summary('print a shell completion script')
    .description(
      'Prints a completion script for the shell:\n' +
        '  weir completion bash > /etc/bash_completion.d/weir\n' +
        '  weir completion zsh >> ~/.zshrc\n' +
        '  weir completion fish > ~/.config/fish/completions/weir.fish',
    )
    .addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(SHELLS)))
    .action((shell: string) => {
      process.stdout.write(SHELLS[shell]?.(weir) ?? '');
    });
}
