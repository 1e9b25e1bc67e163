// SPDX-License-Identifier: Apache-2.0
import { API } from '@weir/wire';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { apiUrl } from './api/client';
import { LiveStream } from './api/live-stream';
import { App } from './app';
import { BrokenPage } from './panel/broken-page';
import './theme/tokens.css';
import './theme/base.css';
import './panel/controls.css';
import './panel/header.css';
import './panel/table.css';
import './panel/rules.css';
import './panel/panel.css';
import './panel/flows.css';
import { applyTheme } from './theme/use-theme';

applyTheme();

const stream = new LiveStream(apiUrl(API.stream));
stream.start();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element "root"');
createRoot(root).render(
  <StrictMode>
    <BrokenPage>
      <App stream={stream} />
    </BrokenPage>
  </StrictMode>,
);
