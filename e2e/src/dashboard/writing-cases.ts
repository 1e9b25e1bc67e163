// SPDX-License-Identifier: Apache-2.0
// What somebody has begun to write is not lost by going elsewhere or by a slip.
import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { axeProblems, type Console, untilDrawn } from './console.js';

export function writingCases(dashboard: () => Console): void {
  describe('what is written', () => {
    it('in a rule’s editor is there again, until somebody throws it away', () =>
      keepsDraft(dashboard()));
    it('in a dialog is not lost by Escape, nor with the page', () => asksInDialog(dashboard()));
  });
}

async function keepsDraft(dashboard: Console): Promise<void> {
  const { page, complaints } = await dashboard.open('rules?v=1&new=app+%3D+DNS');
  const name = page.locator('[name=name]');
  await name.fill('Half a rule');
  await page.getByRole('navigation', { name: 'Pages' }).getByText('Explore').click();
  await page.getByTestId('ranking').waitFor();
  await page.getByRole('navigation', { name: 'Pages' }).getByText('Rules').click();
  // Other tests leave drafts, too.
  const draft = page.getByTestId('draft').filter({ hasText: 'Half a rule' });
  await draft.waitFor();
  expect(await axeProblems(page)).toEqual([]);
  await draft.getByRole('link', { name: 'Go on writing' }).click();
  await page.getByTestId('draft-note').waitFor();
  expect(await name.inputValue()).toBe('Half a rule');
  await page.reload();
  await page.getByTestId('draft-note').waitFor();
  expect(await name.inputValue()).toBe('Half a rule');
  expect(await axeProblems(page)).toEqual([]);
  await page.getByRole('button', { name: 'Begin anew' }).click();
  expect(await name.inputValue()).toBe('');
  await page.goto(`${dashboard.url}/rules`);
  await untilDrawn(page);
  expect(await draft.count()).toBe(0);
  expect(complaints).toEqual([]);
}

async function asksInDialog(dashboard: Console): Promise<void> {
  const { page, complaints } = await dashboard.open('rules?v=1&tab=lists');
  await page.getByRole('button', { name: 'Follow a list' }).click();
  const dialog = page.getByTestId('list-dialog');
  const name = dialog.locator('[name=name]');
  await name.pressSequentially('Known scanners');
  // An even number: a browser lets the second through whatever a page says.
  for (let press = 0; press < 4; press++) await page.keyboard.press('Escape');
  expect(await dialog.isVisible()).toBe(true);
  await page.keyboard.press('Escape');
  expect(await dialog.getByTestId('confirm').isVisible()).toBe(false);
  expect(await axeProblems(page)).toEqual([]);
  await page.keyboard.press('Enter');
  await page.keyboard.type('!');
  expect(await name.inputValue()).toBe('Known scanners!');
  expect(await questionsOnLeaving(page)).toEqual(['beforeunload']);
  await page.keyboard.press('Escape');
  await dialog.getByRole('button', { name: 'Throw it away' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(complaints).toEqual([]);
}

/** What the browser asks when somebody closes the tab, who then thinks better of it. */
async function questionsOnLeaving(page: Page): Promise<string[]> {
  const asked = page.waitForEvent('dialog');
  await page.close({ runBeforeUnload: true });
  const question = await asked;
  await question.dismiss();
  return [question.type()];
}
