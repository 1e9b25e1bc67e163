// SPDX-License-Identifier: Apache-2.0
import { Argument, type Command, Command as CommanderCommand } from 'commander';

/** Words that may follow a command: its subcommands and long flags. */
function wordsOf(command: Command): string[] {
  const flags = command.options.map((option) => option.long ?? '').filter((flag) => flag !== '');
  const commands = command.commands.map((child) => child.name());
  return [...commands, ...flags, '--help'];
}

function cases(command: Command, path: string): string[] {
  const children = command.commands.flatMap((child) =>
    cases(child, `${path} ${child.name()}`.trim()),
  );
  return [`    "${path}") words="${wordsOf(command).join(' ')}" ;;`, ...children];
}

function bashScript(weir: Command): string {
  return `# bash completion for weir
_weir() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" words="" word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    [[ "$word" == -* ]] && break
    path="\${path:+$path }$word"
  done
  case "$path" in
${cases(weir, '').join('\n')}
    *) words="" ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
  [[ \${#COMPREPLY[@]} -eq 0 ]] && COMPREPLY=($(compgen -f -- "$current"))
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
