// SPDX-License-Identifier: Apache-2.0
import { FLOW_SORTS, type Flow } from '@weir/wire';
import { expect, it } from 'vitest';
import {
  COLUMN_IDS,
  columnsNamed,
  GROUPS,
  isUntold,
  SORT_NAMES,
  sortNamed,
  USUAL_SORT,
} from './flow-fields';

it('every field of a record can be chosen, once', () => {
  expect(Object.values(GROUPS).flat().sort()).toEqual([...COLUMN_IDS].sort());
});

it('everything that the collector sorts by has a column', () => {
  expect(Object.values(SORT_NAMES).sort()).toEqual([...FLOW_SORTS].sort());
});

it('a link of a later Weir shows the columns that are known', () => {
  expect(columnsNamed('octets,newField,source', 'wide')).toEqual(['octets', 'source']);
  expect(columnsNamed('newField', 'wide')).toEqual(columnsNamed(undefined, 'wide'));
  expect(sortNamed('-octets')).toBe('-octets');
  expect(sortNamed('-newField')).toBe(USUAL_SORT);
  expect(sortNamed(undefined)).toBe(USUAL_SORT);
});

it('a zero is a value only where it can be one', () => {
  const flow = {
    protocolIdentifier: 17,
    vlanId: 0,
    ipClassOfService: 0,
    tcpControlBits: 0,
  } as Flow;
  expect(isUntold(flow, 'vlanId')).toBe(true);
  expect(isUntold(flow, 'tcpControlBits')).toBe(true);
  expect(isUntold(flow, 'ipClassOfService')).toBe(false);
});
