import type { Detail } from '../../lib/detail';
import type { Catalogue } from '../en';
import { common } from './common';
import { console } from './console';
import { desk } from './desk';

const word = (list: Record<string, string>, key: string) => list[key] ?? key.replaceAll('_', ' ');
const why = (d: Detail, ...path: string[]) => (d.has(...path) ? `：${reason(d.text(...path))}` : '');
const reason = (key: string) => word({ ...console.causes, ...console.reasons, ...desk.breaks, ready: desk.ready }, key);
const target = (d: Detail) => {
  const [operator, queue, name] = [d.text('to', 'operator'), d.text('to', 'queue'), d.text('to', 'name')];
  return operator || (queue ? word(common.queues, queue) : word(common.referrals, name));
};

const sound = (d: Detail) =>
  [
    d.has('quality', 'rtt_ms') ? `，往返时延 ${d.number('quality', 'rtt_ms')} 毫秒` : '',
    d.has('quality', 'mos') ? `，音质估计 ${d.number('quality', 'mos')}（满分 4.5）` : '',
    d.has('quality', 'far_mos')
      ? `；对方丢失 ${d.number('quality', 'far_lost')} 包，音质估计 ${d.number('quality', 'far_mos')}`
      : '',
  ].join('');

export const events: Catalogue['events'] = {
  started: (d) => `热线系统启动（版本 ${d.text('version')}）`,
  node_lost: () => '热线系统曾意外停止；当时进行中的通话都欠一个回电',
  stopped: () => '热线系统正常停止',
  configured: (d) => `设置生效（版本 ${d.text('version')}）`,
  user_added: (d) => `新增账号：${d.text('user', 'operator')}`,
  user_disabled: (d) => `停用账号：${d.text('operator')}`,
  password_set: (d) => `已为 ${d.text('operator')} 设置密码`,
  service_switched: (d) =>
    `服务 ${d.text('service')} ${{ true: '手动关闭', false: '手动开放' }[d.text('closed')] ?? '恢复按日历开放'}${d.has('until') ? `，到 ${d.time('until')} 为止` : ''}${why(d, 'reason')}`,
  holiday_confirmed: (d) => `已确认假期 ${d.text('from')} 至 ${d.text('to')}（${d.text('calendar')}）`,
  rota_set: (d) => `已设置 ${d.text('operator')} 的值班时间`,
  line_closed: (d) =>
    d.has('served_until')
      ? `等候期间热线关闭${why(d, 'reason')}；继续接听到 ${d.time('served_until')}`
      : `等候期间热线关闭${why(d, 'reason')}；改为承诺回电`,
  line_reopened: () => '热线重新开放，继续等候',
  journey_opened: (d) =>
    `${d.text('caller', 'masked') || '未显示号码的来电'} 拨打 ${d.text('dialled')}（${d.text('service')}）；当时${d.has('open') ? '在服务时间内' : '已下班'}`,
  carrier_call_found: (d) =>
    `${d.text('caller', 'masked') || '未显示号码的来电'} 于 ${d.time('began')} 拨打 ${d.text('dialled')}：只有运营商有记录`,
  obligation_opened: (d) => `从此刻起欠对方一个回电${why(d, 'reason')}`,
  obligation_joined: () => '同一人再次来电：两通电话合并为一个回电',
  number_shared: () => '同一时间有两通电话来自此号码：号码由多人共用，回电分开处理',
  obligation_in_hand: (d) => `所欠回电由 ${d.text('operator')} 处理中`,
  obligation_reopened: (d) => `仍欠对方一个回电${why(d, 'reason')}`,
  obligation_discharged: (d) => `不再欠回电${why(d, 'reason')}`,
  callback_wanted: (d) => (d.has('wanted') ? '希望回电' : '不希望回电'),
  part_wanted: (d) => `方便通话的时段：${word(console.parts, d.text('part'))}`,
  contact_given: (d) => (d.text('contact', 'masked') ? `留下另一个号码：${d.text('contact', 'masked')}` : '留下分机号'),
  promise_made: (d) => `被告知我们会在 ${d.time('by')} 前回电`,
  promise_settled: (d) => `${d.time('by')} 前回电的承诺${d.has('kept') ? '已' : '未'}兑现`,
  callback_planned: (d) => `从 ${d.time('due')} 起回电${why(d, 'reason')}`,
  callback_held: (d) => `不自动回电：${word(console.lists, d.text('list'))}${why(d, 'reason')}`,
  callback_claimed: (d) => `${d.text('operator')} 要求下一个回这通电话`,
  callback_offered: (d) => `回电任务交给 ${d.text('operator')}`,
  callback_offer_ended: (d) => {
    const who = d.text('operator');
    return d.text('outcome', 'how') === 'accepted' ? `${who} 接下回电任务` : `${who} 没有接下回电任务`;
  },
  attempt_opened: (d) => `${d.text('operator')} 呼叫 ${d.text('caller', 'masked')}`,
  attempt_dialled: (d) => `经线路“${d.text('trunk')}”拨出`,
  attempt_ringing: () => '对方电话响铃',
  attempt_counted: () => '响铃够久，算一次尝试',
  same_person: (d) => `${d.text('operator')} 确认是同一人`,
  trunk_changed: (d) => `线路“${d.text('trunk')}”${d.has('up') ? '正常' : '中断'}${why(d, 'reason')}`,
  attempt_failed: (d) => `未联系上：${word(console.results, d.text('reason'))}`,
  number_flagged: (d) =>
    `号码${d.has('on') ? '已标记' : '取消标记'}：${word(console.flags, d.text('flag'))}${why(d, 'reason')}`,
  answered: () => '热线接听',
  dialog_confirmed: (d) => `连接已确认（${word(console.legRoles, d.text('role'))}）`,
  step_entered: (d) => `听到“${d.text('step')}”`,
  language_chosen: (d) => `语言：${word(common.languages, d.text('language'))}`,
  topic_chosen: (d) => `话题：${word(common.topics, d.text('topic'))}`,
  danger_pressed: () => '按了 9：有危险',
  input_missed: (d) => `在“${d.text('step')}”没有有效按键${why(d, 'reason')}`,
  notice_heard: (d) => `听到我们会回电${d.has('opens') ? `；告知开线时间 ${d.time('opens')}` : ''}`,
  queued: (d) => `进入队列“${d.text('queue')}”`,
  nobody_free: () => '此刻无人可接（原因见上）',
  wait_told: (d) => `已告知还要等大约 ${d.text('minutes')} 分钟`,
  line_left: (d) => `离开队列${why(d, 'reason')}`,
  offered: (d) => `在 ${d.text('operator')} 处响铃`,
  offer_ended: (d) => {
    const who = d.text('operator');
    switch (d.text('outcome', 'how')) {
      case 'accepted':
        return `${who} 接听`;
      case 'declined':
        return `${who} 暂时不能接`;
      case 'no_answer':
        return `${who} 没有接听；来电工友保持在队首`;
      case 'failed':
        return `${who} 的电话拒绝或故障`;
      case 'withdrawn':
        return `${who} 处的响铃结束：${word(console.withdrawn, d.text('outcome', 'why'))}`;
      default:
        return `${who} 处的响铃结束`;
    }
  },
  conversing: (d) => `来电工友与 ${d.text('operator')} 互相听到`,
  held: (d) => (d.has('on') ? `${d.text('operator')} 保持通话` : `${d.text('operator')} 恢复通话`),
  muted: (d) => (d.has('on') ? `${d.text('operator')} 静音` : `${d.text('operator')} 取消静音`),
  reconnecting: (d) =>
    d.has('on') ? `${d.text('operator')} 的语音中断，来电工友听到音乐` : `${d.text('operator')} 的语音恢复`,
  caller_silent: (d) => (d.has('on') ? '听不到来电工友的声音' : '来电工友的声音恢复'),
  requeued: (d) => `回到队首${why(d, 'reason')}`,
  consult_opened: (d) => `${d.text('operator')} 询问${target(d)}，来电者听音乐`,
  consult_answered: (d) => `对方与 ${d.text('operator')} 通话，来电者听音乐`,
  consult_swapped: (d) =>
    d.has('with_caller') ? `${d.text('operator')} 先回到来电者` : `${d.text('operator')} 又回到所询问的人`,
  conference_opened: (d) => `${d.text('operator')}、来电者与所询问的人三方一起通话`,
  consult_closed: (d) => `询问结束${why(d, 'reason')}，接线员与来电者继续通话`,
  transferred: (d) => `${d.text('operator')} 把来电转给${target(d)}`,
  dialled: (d) => `呼叫另一方（${d.text('step')}）`,
  leg_lost: (d) => `连接中断（${word(console.legRoles, d.text('role'))}）${why(d, 'reason')}`,
  leg_measured: (d) =>
    `${word(console.legRoles, d.text('role'))}的语音：收到 ${d.number('quality', 'received')} 包，丢失 ${d.number('quality', 'lost')}，发出 ${d.number('quality', 'sent')}，抖动 ${d.number('quality', 'jitter_ms')} 毫秒${sound(d)}`,
  ended: (d) => `通话由${word(console.parties, d.text('by'))}结束，类别：${word(console.causes, d.text('cause'))}`,
  operator_changed: (d) =>
    `${d.text('operator')} 的状态：${word(desk.states, d.text('state', 'state'))}${why(d, 'reason')}`,
  desk_audio: (d) => `${d.text('operator')} 的工作台${d.has('up') ? '语音已接通' : '没有语音'}`,
  break_asked: (d) => `${d.text('operator')} 在这通电话之后：${reason(d.text('reason') || 'ready')}`,
  outcome_given: (d) => `${d.text('operator')} 记录：${word(console.outcomes, d.text('outcome'))}`,
  wrapped_up: (d) => `${d.text('operator')} 完成整理`,
};
