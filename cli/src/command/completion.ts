// SPDX-License-Identifier: Apache-2.0
import { Argument, type Command, Command as CommanderCommand, type Option } from 'commander';

/** Words that may follow a command: its subcommands, the choices of its arguments, its long flags. */
function wordsOf(command: Command): string[] {
  const flags = command.options.map(({ long }) => long).filter((flag) => flag !== undefined);
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  return [...command.commands.map((child) => child.name()), ...choices, ...flags, '--help'];
}

/** What may follow a flag that takes a value; nothing stands for files. */
function valueCase(command: string, { long, argChoices }: Option): string {
  return `    "${command} ${long}") words="${argChoices?.join(' ') ?? ''}" ;;`;
}

function cases(command: Command, name: string): string[] {
  const withValue = command.options.filter(({ required, optional }) => required || optional);
  return [
    ...withValue.map((option) => valueCase(name, option)),
    `    "${name} "*) words="${wordsOf(command).join(' ')}" ;;`,
  ];
}

function bashScript(weir: Command): string {
  const children = weir.commands.flatMap((child) => cases(child, child.name()));
  return `# bash completion for weir
_weir() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" command="" words=""
  (( COMP_CWORD > 1 )) && command="\${COMP_WORDS[1]}"
  case "$command $previous" in
${[...children, ...cases(weir, '')].join('\n')}
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
