// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { BrokenPage } from './shell/broken-page';
import { Gate } from './shell/gate';
import './theme/tokens.css';
import './theme/base.css';
import './control/panel.css';
import './control/top-controls.css';
import './control/control.css';
import './control/sheet.css';
import './control/page-parts.css';
import './control/menu.css';
import './table/table.css';
import './chart/chart.css';
import './shell/navigation.css';
import './shell/shell.css';
import { applyTheme } from './view/preferences';

applyTheme();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element "root"');
render(
  <BrokenPage>
    <Gate />
  </BrokenPage>,
  root,
);
