// SPDX-License-Identifier: Apache-2.0
// `weir signatures`: for those who read, write and test signatures.
import { APPLICATION_CATEGORIES } from '@weir/probe';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type CommandContext, type SectionCommand, sectionCommand } from './section-command.js';

const FOLDERS = ['probe.signatures', 'probe.moreSignatures'];
/** What decides how flows are made of packets, too. */
const READING = [...FOLDERS, 'probe.tunnels', 'probe.idleTimeoutSeconds'];

type Runs = typeof import('../run/signatures.js');

/** Loaded when it is run: it loads the data plane. */
const runs =
  (name: keyof Runs) =>
  async (context: CommandContext): Promise<void> => {
    const all = await import('../run/signatures.js');
    await all[context.check ? 'checkFolders' : name](context);
  };

const asJson = (command: Command): Command =>
  command.option('--json', 'everything that is shown, for programs');

function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

const LIST: SectionCommand = {
  name: 'list',
  summary: 'list the applications that can be named',
  description:
    'Lists the applications of a folder of signatures, by name: what each goes by, and what other ' +
    'classifiers call it.',
  sections: ['probe'],
  only: FOLDERS,
  examples: [
    ['weir signatures list', 'all applications'],
    ['weir signatures list --kind protocol --category vpn', 'some of them'],
    ['weir signatures list google', 'those with this in a name, an alias or a server name'],
    [
      'weir signatures list timetable --more-signatures ./ours',
      'with your own signatures on top, as the probe has them',
    ],
  ],
  extend: (command) =>
    asJson(
      command
        .argument('[word]', 'only those with it in a name, alias, description or server name')
        .addOption(
          new Option('--category <name>', 'only this category').choices(APPLICATION_CATEGORIES),
        )
        .addOption(
          new Option('--kind <kind>', 'only protocols, or only services').choices([
            'protocol',
            'service',
          ]),
        ),
    ),
  run: runs('listSignatures'),
};

const SHOW: SectionCommand = {
  name: 'show',
  summary: 'show everything of one application',
  description:
    'Shows one application: its patterns with direction, server names, ports, reference, examples. ' +
    'Asked for the name of a server, it says which service it belongs to, and by which suffix.',
  sections: ['probe'],
  only: FOLDERS,
  examples: [
    ['weir signatures show BitTorrent', 'by its name, or by what others call it'],
    ['weir signatures show www.youtube.com', 'the service of a server'],
  ],
  extend: (command) =>
    asJson(command.argument('<name>', 'name or alias of an application, or name of a server')),
  run: runs('showSignature'),
};

const LINT: SectionCommand = {
  name: 'lint',
  summary: 'find what is wrong, or weak, in signature files',
  description:
    'Reads all files of a folder, has both engines compile every regex, and runs all examples and ' +
    'near misses through the engine. Errors are what a probe would refuse, and examples that are ' +
    'not named as their file says; then the exit code is 1. Warnings are patterns that are slow, ' +
    'that random data would fit, that nothing shows at work, that never count, or that take what ' +
    "is another application's. Of a folder that comes on top of Weir's signatures only its own " +
    'files are reported; what they do is judged together with the rest.',
  sections: ['probe'],
  only: FOLDERS,
  examples: [
    ['weir signatures lint', "Weir's own"],
    ['weir signatures lint ./ours', "a folder of your own, on top of Weir's"],
    ['weir signatures lint ./ours --strict', 'fail on warnings, too'],
  ],
  extend: (command) =>
    asJson(
      command
        .argument(
          '[folder]',
          'the same as --more-signatures, or as --signatures where it holds a registry.yaml',
        )
        .option('--strict', 'warnings count as errors')
        .option('--quiet', 'show no warnings'),
    ),
  run: runs('lintFolder'),
};

const TEST: SectionCommand = {
  name: 'test',
  summary: 'name the flows of captures',
  description:
    'Reads captures as the probe does and shows each flow with its number, its name and what the ' +
    'name rests on: confidence, rule, the name of the server, and the number of packets with ' +
    'payload until the verdict.',
  sections: ['probe'],
  only: READING,
  examples: [
    ['weir signatures test capture.pcap', 'what the flows of a capture are called'],
    ['weir signatures test capture.pcap --unknown', 'what has no name yet'],
    [
      'weir signatures test ours.pcap --more-signatures ./ours --expect Timetable',
      'fail when a flow is called otherwise',
    ],
  ],
  extend: (command) =>
    asJson(
      command
        .argument('<files...>', 'capture files (pcap or pcapng)')
        .option('--expect <name>', 'fail when any flow is called otherwise')
        .option('--unknown', 'list only flows without a name')
        .option('--summary', 'list no flows, only applications'),
    ),
  run: runs('testCaptures'),
};

const EXPLAIN: SectionCommand = {
  name: 'explain',
  summary: 'show why a flow has its name',
  description:
    'Shows what of a flow is looked at, octet by octet: which patterns match where, which of them ' +
    'decides and why, which come close, what the flow says of itself, and which rule named it.',
  sections: ['probe'],
  only: READING,
  examples: [
    ['weir signatures explain capture.pcap --flow 3', 'the third flow as "test" numbers them'],
    [
      'weir signatures explain capture.pcap --flow 10.0.0.1:1234-10.0.0.2:80/tcp',
      'the first flow between two endpoints',
    ],
  ],
  extend: (command) =>
    asJson(
      command
        .argument('<file>', 'capture file (pcap or pcapng)')
        .requiredOption('--flow <flow>', 'its number, or ADDRESS:PORT-ADDRESS:PORT/tcp or /udp')
        .option('--all', 'show all octets that are looked at, not only those around matches'),
    ),
  run: runs('explainFlowOf'),
};

const COST: SectionCommand = {
  name: 'cost',
  summary: 'rank signatures by the time they take',
  description:
    'Has each pattern scan the first payload of all flows of a capture, alone, and leaves the ' +
    'dearest out of the set in turn, to see what that saves. Patterns that may match anywhere stand ' +
    'on top: one of them has every flow of its transport and direction scanned. The times are those ' +
    'of this machine now; compare shares.',
  sections: ['probe'],
  only: READING,
  examples: [
    ['weir signatures cost', 'on the sample capture'],
    ['weir signatures cost capture.pcap --compare 20', 'on traffic of your own, more closely'],
  ],
  extend: (command) =>
    asJson(
      command
        .argument('[file]', 'capture file (pcap or pcapng); default: the sample')
        .option('--top <number>', 'show so many patterns', wholeNumber, 20)
        .option('--compare <number>', 'leave so many out in turn', wholeNumber, 8),
    ),
  run: runs('rankCosts'),
};

export function signaturesCommand(): Command {
  const command = new Command('signatures')
    .summary('list, show, check and test signatures, and explain what they do')
    .description(
      'For those who read, write and test signatures: the files that name applications. Each ' +
        'subcommand takes --json.',
    )
    .enablePositionalOptions();
  for (const definition of [LIST, SHOW, LINT, TEST, EXPLAIN, COST]) {
    command.addCommand(sectionCommand(definition));
  }
  return command;
}
