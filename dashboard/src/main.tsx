// SPDX-License-Identifier: Apache-2.0
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Gate } from './gate';
import { BrokenPage } from './panel/broken-page';
import './theme/tokens.css';
import './theme/base.css';
import './panel/controls.css';
import './panel/header.css';
import './panel/table.css';
import './panel/rules.css';
import './panel/panel.css';
import './panel/flows.css';
import './panel/sign-in.css';
import { applyTheme } from './theme/use-theme';

applyTheme();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element "root"');
createRoot(root).render(
  <StrictMode>
    <BrokenPage>
      <Gate />
    </BrokenPage>
  </StrictMode>,
);
