// SPDX-License-Identifier: Apache-2.0
// The last step of the build: notes which of Weir's own signature files have nothing wrong with them.
// A bad one is only left out; the probe that loads it says what is wrong.
//
//   node probe/dist/signatures/precheck.js signatures
import { writeFileSync } from 'node:fs';
import { CHECKED_FILES, type CheckedPairs, NONE_CHECKED } from './checked-files.js';
import { openYaml, REGISTRY_NAME, yamlNames } from './folder.js';
import { checkContent, loadFile, loadRegistry, readSamples } from './signature-file.js';
import type { YamlFile } from './yaml-file.js';

function checkedSignature(yaml: YamlFile): CheckedPairs['signatures'] {
  const applications = loadFile(yaml, NONE_CHECKED);
  const found = applications.map((application) => {
    checkContent(application);
    readSamples(application);
    const { source: _, content, ...places } = application;
    const { examples, nearMisses, ...kept } = content;
    return { ...places, content: kept };
  });
  return yaml.problems.length > 0 ? [] : [[yaml.text, found]];
}

function checkedRegistry(yaml: YamlFile): CheckedPairs['registries'] {
  const registry = loadRegistry(yaml, NONE_CHECKED);
  return registry === undefined ? [] : [[yaml.text, registry]];
}

/** The files of a folder that are good, each taken by itself. */
export function precheck(folder: string): CheckedPairs {
  const yamls = yamlNames(folder).map((name) => ({ name, yaml: openYaml(folder, name) }));
  const isRegistry = ({ name }: { name: string }): boolean => name === REGISTRY_NAME;
  return {
    signatures: yamls
      .filter((one) => !isRegistry(one))
      .flatMap(({ yaml }) => checkedSignature(yaml)),
    registries: yamls.filter(isRegistry).flatMap(({ yaml }) => checkedRegistry(yaml)),
  };
}

const folder = process.argv[2];
if (process.argv[1]?.endsWith('precheck.js') && folder !== undefined) {
  writeFileSync(CHECKED_FILES, JSON.stringify(precheck(folder)));
}
