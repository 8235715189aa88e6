import '../ui/style.css';
import './desk.css';
import { unlockAtFirstGesture } from '../audio/sound';
import { t } from '../i18n';
import { boot } from '../ui/boot';
import { watchLevels } from './levels';
import { DeskPage } from './page';
import { watchQuality } from './quality';
import { Desk } from './store';

void boot(
  'operator',
  () => t.value.common.forbidden.desk,
  (me) => {
    const desk = new Desk(me);
    unlockAtFirstGesture();
    watchLevels(desk);
    watchQuality(desk);
    return <DeskPage desk={desk} />;
  },
);
