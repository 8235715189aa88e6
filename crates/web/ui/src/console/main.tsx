import '../ui/style.css';
import './console.css';
import { t } from '../i18n';
import { boot } from '../ui/boot';
import { ConsolePage } from './page';
import { watchAddress } from './route';

void boot(
  'supervisor',
  () => t.value.common.forbidden.console,
  (me) => {
    watchAddress();
    return <ConsolePage me={me} />;
  },
);
