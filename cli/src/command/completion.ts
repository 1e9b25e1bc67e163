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

const ZSH_PROLOGUE = 'autoload -U +X bashcompinit && bashcompinit\n';

/** @param weir the whole program: the script is made from its commands */
export function completionCommand(weir: Command): Command {
  return new CommanderCommand('completion')
    .summary('print a shell completion script')
    .description(
      'Prints a completion script for the shell. For bash:\n' +
        '  weir completion bash > /etc/bash_completion.d/weir\n' +
        'For zsh:\n' +
        '  weir completion zsh >> ~/.zshrc',
    )
    .addArgument(new Argument('<shell>', 'which shell').choices(['bash', 'zsh']))
    .action((shell: string) => {
      process.stdout.write((shell === 'zsh' ? ZSH_PROLOGUE : '') + bashScript(weir));
    });
}
