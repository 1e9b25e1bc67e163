// SPDX-License-Identifier: Apache-2.0
// Weir's own services: applications that are known by the names of their servers.
import path from 'node:path';
import { parse } from 'tldts';
import { describe, expect, it } from 'vitest';
import { loadSignatures } from './load-signatures.js';

const { serverNames } = loadSignatures(path.resolve(import.meta.dirname, '../../../signatures'));

/**
 * Below these names are hosts of a provider's customers (private part of the Public Suffix List). That they are
 * called by the provider is meant: it runs what answers there. Where customers run it themselves, as
 * behind dynamic DNS, only the provider's own hosts are named, with "=".
 */
const RUN_FOR_CUSTOMERS = new Set(
  `
    adobeaemcloud.com akadns.net akamai.net akamaiedge.net akamaihd.net akamaized-staging.net
    akamaized.net appspot.com awsapprunner.com awsapps.com awsglobalaccelerator.com azure-api.net
    azurecontainer.io azureedge.net azurefd.net azurestaticapps.net azurewebsites.net
    bitbucket.io blogspot.com canva-apps.com cdn77-ssl.net claudeusercontent.com cloudapp.net
    cloudflare.net cloudfront.net cloudfunctions.net codeberg.page debian.net
    digitaloceanspaces.com edgekey.net edgesuite.net elasticbeanstalk.com fastly-edge.com
    fastlylb.net figma.site firebaseapp.com fly.dev github.io githubusercontent.com gitlab.io
    googleapis.com herokuapp.com hf.space linodeobjects.com myshopify.com netlify.app
    ngrok-free.app ngrok.app ngrok.dev ngrok.io notion.site now.sh oaiusercontent.com
    ondigitalocean.app onrender.com pages.dev pstmn.io r2.dev repl.co replit.app replit.dev
    run.app service.gov.uk servicebus.windows.net square.site supabase.co supabase.in
    toolforge.org torproject.net trafficmanager.net trycloudflare.com ts.net vercel.app
    vultrobjects.com web.app withgoogle.com wixsite.com wmcloud.org workers.dev yandexcloud.net
  `
    .trim()
    .split(/\s+/),
);

describe("Weir's own services", () => {
  it('are at least 300', () => {
    expect(new Set(serverNames.map((one) => one.application)).size).toBeGreaterThan(300);
  });

  it('have names of servers that one owner can have: host names below a public suffix', () => {
    for (const { suffix, source } of serverNames) {
      const { isIcann, publicSuffix, domain } = parse(suffix, { validateHostname: true });
      expect.soft(domain, `${source}: ${suffix} is no name below ${publicSuffix}`).not.toBeNull();
      expect.soft(isIcann, `${source}: ${publicSuffix} is no public suffix`).toBe(true);
    }
  });

  it('call hosts of customers by their provider only where it runs them', () => {
    for (const { suffix, isExact, source } of serverNames) {
      const { isPrivate, domain } = parse(suffix, { allowPrivateDomains: true });
      const isOfCustomers = isPrivate === true && domain === null && !isExact;
      expect
        .soft(isOfCustomers && !RUN_FOR_CUSTOMERS.has(suffix), `${source}: *.${suffix}`)
        .toBe(false);
    }
  });

  it('have no name that a shorter one of the same service already covers', () => {
    const owners = new Map(serverNames.map((one) => [one.suffix, one.application]));
    for (const { suffix, isExact, application, source } of serverNames) {
      const labels = suffix.split('.');
      const above = labels.map((_, index) => labels.slice(index + 1).join('.'));
      const nearest = above.find((one) => owners.has(one));
      if (isExact || nearest === undefined) continue;
      expect.soft(owners.get(nearest), `${source}: ${suffix} and ${nearest}`).not.toBe(application);
    }
  });
});
