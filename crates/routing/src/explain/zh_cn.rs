//! 简体中文的说法。

use super::words::{clock, day_and_time, readable};
use super::{Says, Share, Wait};
use crate::{
    ChosenBy, Crew, HoldList, LegRole, NumberFlag, OfferOutcome, Outcome, Part, Party, Pick, PickRule, Priority,
    Shortage, Skill, TerminalCause, TransferTarget, WithdrawReason,
};

pub(super) fn headline(wait: &Wait) -> String {
    let waited = span(wait.waited_ms);
    let how = match (&wait.answered_by, wait.under_way) {
        (_, true) => format!("仍在排队，已等待 {waited}"),
        (Some(operator), false) => format!("等待 {waited}后由 {operator} 接通"),
        (None, false) => format!("排队 {waited}，未能接通"),
    };
    let shares: Vec<String> =
        wait.shares.iter().map(|(share, ms)| format!("{}：{}", self::share(share), span(*ms))).collect();
    let of_it = if shares.is_empty() { String::new() } else { format!("。其中，{}", shares.join("；")) };
    format!("{how}{of_it}。")
}

fn share(share: &Share) -> String {
    match share {
        Share::Short { shortage, lacking } => match shortage {
            Shortage::Declined => "空闲的接线员都曾推辞或漏接这通电话".to_owned(),
            Shortage::Unproven => "有人就绪，但工作台未接通".to_owned(),
            Shortage::Busy => "合适的接线员都在忙".to_owned(),
            Shortage::Resting => "合适的接线员都在休息".to_owned(),
            Shortage::Unfit => format!("没有{}接线员", who_has(lacking)),
            Shortage::Nobody => "没有合适的接线员当班".to_owned(),
        },
        Share::Ringing { operator } => format!("在 {operator} 处响铃"),
        Share::Connecting => "接通双方声音".to_owned(),
        Share::Unsaid => "记录中没有写明原因".to_owned(),
    }
}

pub(super) fn words(says: &Says) -> String {
    match says {
        Says::Called { masked, dialled, service, open } => {
            let who = if masked.is_empty() { "未显示号码的来电" } else { masked };
            format!("{who} 拨打 {dialled}（{service}）；当时{}", if *open { "在服务时间内" } else { "已下班" })
        }
        Says::CarrierCall { masked, dialled, began } => {
            let who = if masked.is_empty() { "未显示号码的来电" } else { masked };
            format!("{who} 于 {} 拨打 {dialled}，只有运营商有记录", day_and_time(*began))
        }
        Says::Owed { reason } => format!("从此刻起欠对方一个电话{}", why(&reason.0)),
        Says::OwedTogether => "之前来过电话，两通合欠一个电话".to_owned(),
        Says::InHand { operator } => format!("所欠电话由 {operator} 处理中"),
        Says::OwedAgain { reason } => format!("仍欠对方一个电话{}", why(&reason.0)),
        Says::Kept { reason, by } => {
            let by = by.as_ref().map(|by| format!("（{by}）")).unwrap_or_default();
            format!("不再欠电话{}{by}", why(&reason.0))
        }
        Says::NumberShared => "同一号码又来一通电话：号码由多人共用，所欠电话分开处理".to_owned(),
        Says::Answered { attempt: false } => "热线接听".to_owned(),
        Says::Answered { attempt: true } => "对方接听".to_owned(),
        Says::Language { language, by } => format!("语言：{}{}", self::language(&language.0), chosen_by(*by)),
        Says::Topic { topic } => format!("话题：{}", self::topic(topic)),
        Says::Danger => "按了 9：有危险，排在最前".to_owned(),
        Says::Missed { reason } => format!("没有有效按键{}", why(&reason.0)),
        Says::NoticeHeard { opens: Some(opens) } => format!("听到我们会回电，以及开线时间 {}", day_and_time(*opens)),
        Says::NoticeHeard { opens: None } => "听到我们会回电".to_owned(),
        Says::InLine { queue, needs, priority, kept_since } => {
            let place = kept_since.map(|since| format!("，保留 {} 起的位置", clock(since))).unwrap_or_default();
            format!("进入队列“{queue}”{place}，{}；需要{}接线员", standing(*priority), who_has(needs))
        }
        Says::Relaxed { at, before, now } => {
            format!("等到 {} 为止，只等{}接线员；此后{}接线员都可以接", clock(*at), who_has(before), who_has(now))
        }
        Says::WaitTold { minutes, ahead, operators, takes_s } => {
            let told = if *minutes > 60 { "一个多小时".to_owned() } else { format!("大约 {minutes} 分钟") };
            let takes = span(i64::from(*takes_s) * 1000);
            format!("已告知对方还要等{told}（前面 {ahead} 人，可接的接线员 {operators} 人，近来每通电话 {takes}）")
        }
        Says::NobodyFree { crew } => nobody_free(crew),
        Says::Rings { operator, pick } => {
            format!("在 {operator} 处响铃{}", pick.as_ref().map(chosen).unwrap_or_default())
        }
        Says::RingOver { operator, outcome, rang_ms } => ring_over(&operator.0, *outcome, *rang_ms),
        Says::Talking { operator, waited_ms } => {
            format!("{operator} 与来电工友互相听到，工友等待了 {}", span(*waited_ms))
        }
        Says::Reached { operator } => format!("{operator} 与工友互相听到"),
        Says::LineClosed { served_until: Some(until), reason } => {
            format!("热线下班（{}）：仍接待到 {}", self::reason(&reason.0), clock(*until))
        }
        Says::LineClosed { served_until: None, reason } => {
            format!("热线下班（{}）：改为答应回电", self::reason(&reason.0))
        }
        Says::LineReopened => "热线及时恢复服务".to_owned(),
        Says::SamePerson { operator } => format!("{operator} 确认是同一个人：随这次通话一并结清"),
        Says::Wants { wanted: true } => "希望回电".to_owned(),
        Says::Wants { wanted: false } => "不希望回电".to_owned(),
        Says::WantsPart { part } => format!("方便通话的时段：{}", self::part(*part)),
        Says::GaveContact { masked } if masked.is_empty() => "留下分机号".to_owned(),
        Says::GaveContact { masked } => format!("留下另一个号码：{masked}"),
        Says::Promised { by } => format!("被告知我们会在 {} 前回电", day_and_time(*by)),
        Says::PromiseSettled { by, kept: true } => format!("{} 前回电的承诺已兑现", day_and_time(*by)),
        Says::PromiseSettled { by, kept: false } => format!("{} 前回电的承诺未兑现", day_and_time(*by)),
        Says::Planned { due, reason } => format!("从 {} 起回电{}", day_and_time(*due), why(&reason.0)),
        Says::OnList { list, reason, by } => {
            let by = by.as_ref().map(|by| format!("（{by}）")).unwrap_or_default();
            format!("不自动回电，{}{}{by}", self::hold(*list), why(&reason.0))
        }
        Says::Claimed { operator } => format!("{operator} 要求下一个回这通电话"),
        Says::CallbackRings { operator } => format!("回电任务交给 {operator}"),
        Says::CallbackRingOver { operator, outcome } => callback_ring_over(&operator.0, *outcome),
        Says::AttemptBegan { operator, masked } => format!("{operator} 接下回电任务，呼叫 {masked}"),
        Says::AttemptDialled { trunk } => format!("经线路“{trunk}”拨出"),
        Says::AttemptRings => "对方电话响铃".to_owned(),
        Says::AttemptFailed { reason } => format!("未联系上{}", why(&reason.0)),
        Says::Marked { flag, on, reason, by } => {
            let by = by.as_ref().map(|by| format!("（{by}）")).unwrap_or_default();
            let now = if *on { "已标记" } else { "取消标记" };
            format!("号码{now}：{}{}{by}", self::flag(*flag), why(&reason.0))
        }
        Says::Hold { operator, on: true } => format!("{operator} 保持通话，工友听到音乐"),
        Says::Hold { operator, on: false } => format!("{operator} 恢复通话"),
        Says::DeskAway { operator, on: true } => format!("{operator} 的语音中断，工友听到音乐"),
        Says::DeskAway { operator, on: false } => format!("{operator} 的语音恢复"),
        Says::CallerSilent { on: true } => "听不到工友的声音".to_owned(),
        Says::CallerSilent { on: false } => "工友的声音恢复".to_owned(),
        Says::BackInLine { reason } => format!("回到队首{}", why(&reason.0)),
        Says::Asks { operator, to, trunk } => {
            let by = trunk.as_ref().map(|trunk| format!("（经线路 {trunk}）")).unwrap_or_default();
            format!("{operator} 咨询{}{by}，工友听到音乐", target(to))
        }
        Says::Conference { operator } => format!("{operator}、工友与被询问的人三方一起通话"),
        Says::AskOver { operator, reason } => format!("{operator} 与工友恢复通话{}", why(&reason.0)),
        Says::HandedOn { operator, to } => format!("{operator} 把工友转给{}", target(to)),
        Says::LineLeft { reason } => format!("离开队列{}", why(&reason.0)),
        Says::Dialled { step } => format!("呼叫另一方（{step}）"),
        Says::LegLost { role, reason } => format!("{}的连接中断{}", self::role(*role), why(&reason.0)),
        Says::Noted { operator, outcome } => format!("{operator} 记录：{}", self::outcome(*outcome)),
        Says::Ended { cause, by, talked_ms } => {
            let talked = talked_ms.map(|ms| format!("，距接听 {}", span(ms))).unwrap_or_default();
            format!("由{}结束{talked}：{}", party(*by), self::cause(*cause))
        }
    }
}

fn nobody_free(crew: &Crew) -> String {
    let counts = [
        (crew.on_call, "人通话中"),
        (crew.offered, "人处正为他人响铃"),
        (crew.wrap_up, "人在整理"),
        (crew.not_ready, "人休息"),
        (crew.unproven, "人就绪但未接通"),
        (crew.declined, "人空闲但曾推辞或漏接这通电话"),
    ];
    let fit: Vec<String> =
        counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let fit = if fit.is_empty() {
        "没有合适的接线员当班".to_owned()
    } else {
        format!("合适的接线员中，{}", fit.join("，"))
    };
    let unfit = if crew.unfit > 0 {
        format!("；另有 {} 人就绪，但没有{}", crew.unfit, who_has(&crew.lacking).trim_end_matches('的'))
    } else {
        String::new()
    };
    format!("暂时无人可接：{fit}{unfit}")
}

fn chosen(pick: &Pick) -> String {
    let ready = match pick.ready {
        0 | 1 => "唯一就绪的人".to_owned(),
        ready => format!("{ready} 人就绪"),
    };
    let rule = match pick.rule {
        PickRule::LongestReady if pick.ready < 2 => format!("从 {} 起就绪", clock(pick.since)),
        PickRule::LongestReady => format!("此人就绪最久，从 {} 起", clock(pick.since)),
        PickRule::SpokeLast => "上次与对方通话的就是此人".to_owned(),
        PickRule::SpokeBefore => "中断前与对方通话的就是此人".to_owned(),
        PickRule::HandedOn => return "：同事指定转给此人".to_owned(),
        PickRule::RangBack => return "：当时正在给对方打电话".to_owned(),
        PickRule::AskedAgain => "没有其他合适的人，再次询问".to_owned(),
    };
    format!("：{ready}，{rule}")
}

fn ring_over(who: &str, outcome: OfferOutcome, rang_ms: i64) -> String {
    let after = span(rang_ms);
    match outcome {
        OfferOutcome::Accepted => format!("{who} 在 {after}后接听"),
        OfferOutcome::Declined => format!("{who} 在 {after}后表示不能接；工友位置不变"),
        OfferOutcome::NoAnswer => format!("{who} 在 {after}内没有接听；工友保持在队首"),
        OfferOutcome::Failed => format!("{who} 的电话在 {after}后拒绝或故障"),
        OfferOutcome::Withdrawn { why } => {
            let why = match why {
                WithdrawReason::CallerLeft => "工友挂断",
                WithdrawReason::DeskGone => "工作台断开",
                WithdrawReason::CallerChose => "工友另作选择",
                WithdrawReason::Stopping => "热线系统停止",
                WithdrawReason::EngineLost => "热线系统曾中断",
                WithdrawReason::PhonedIn => "对方正打进来",
                WithdrawReason::Replanned => "已重新安排",
            };
            format!("{who} 处的响铃在 {after}后撤回：{why}")
        }
    }
}

fn callback_ring_over(who: &str, outcome: OfferOutcome) -> String {
    match outcome {
        OfferOutcome::Accepted => format!("{who} 接下回电任务"),
        OfferOutcome::Declined => format!("{who} 暂时不能回电"),
        OfferOutcome::NoAnswer => format!("{who} 没有及时接下回电任务"),
        OfferOutcome::Failed => format!("{who} 的电话拒绝或故障"),
        OfferOutcome::Withdrawn { .. } => format!("从 {who} 处撤回回电任务"),
    }
}

fn target(to: &TransferTarget) -> String {
    match to {
        TransferTarget::Operator { operator } => format!(" {operator}"),
        TransferTarget::Queue { queue } => format!("队列“{queue}”"),
        TransferTarget::Referral { name } => format!("外部服务“{name}”"),
    }
}

fn part(part: Part) -> &'static str {
    match part {
        Part::Morning => "上午",
        Part::Midday => "中午",
        Part::Afternoon => "下午",
        Part::Evening => "晚上",
    }
}

fn hold(list: HoldList) -> &'static str {
    match list {
        HoldList::Review => "待核查",
        HoldList::Supervisor => "由督导决定",
        HoldList::DoNotCall => "不要致电",
    }
}

fn flag(flag: NumberFlag) -> &'static str {
    match flag {
        NumberFlag::Shared => "多人共用",
        NumberFlag::DoNotCall => "不要致电",
        NumberFlag::Blocked => "暂时屏蔽",
    }
}

fn standing(priority: u8) -> &'static str {
    match priority {
        Priority::DANGER => "最优先：有危险",
        Priority::CUT_OFF => "队首：之前被我们中断",
        Priority::PROMISE_DUE => "靠前：承诺的时间将到",
        Priority::RESUMED => "优先：及时再次来电",
        _ => "按来电先后",
    }
}

fn who_has(skills: &[Skill]) -> String {
    let (languages, others): (Vec<&Skill>, Vec<&Skill>) = skills.iter().partition(|skill| skill.is_language());
    let all: Vec<String> = languages.into_iter().chain(others).map(need).collect();
    if all.is_empty() { "任何".to_owned() } else { format!("{}的", all.join("、")) }
}

fn need(skill: &Skill) -> String {
    let level = if skill.level() > 1 { format!("（{} 级以上）", skill.level()) } else { String::new() };
    match skill.name().split_once(':') {
        Some(("lang", tag)) => format!("会说{}{level}", language(tag)),
        Some(("topic", topic)) => format!("熟悉{}{level}", self::topic(topic)),
        Some(("operator", name)) => format!("上次通话（{name}）"),
        Some(_) | None => format!("负责 {}{level}", skill.name()),
    }
}

fn chosen_by(by: ChosenBy) -> &'static str {
    match by {
        ChosenBy::Key => "（来电者按键选择）",
        ChosenBy::Before => "（沿用上次来电的选择）",
        ChosenBy::Service => "",
    }
}

fn language(tag: &str) -> String {
    match tag {
        "zh-CN" => "普通话".to_owned(),
        "yue" | "zh-HK" => "粤语".to_owned(),
        "en" => "英语".to_owned(),
        other => other.to_owned(),
    }
}

fn topic(word: &str) -> String {
    let known = match word {
        "wages" => "工资工时",
        "hours" => "工时",
        "contract" => "合同",
        "leave_job" => "离职",
        "social" => "社保",
        "health" | "ehs" => "安全健康",
        "well" => "情绪压力",
        "family" => "家庭",
        "other" => "其他",
        other => return readable(other),
    };
    known.to_owned()
}

/// `4 分 2 秒`.
fn span(ms: i64) -> String {
    let s = (ms + 500) / 1000;
    match (s / 3600, s / 60 % 60, s % 60) {
        (0, 0, s) => format!("{s} 秒"),
        (0, min, s) => format!("{min} 分 {s} 秒"),
        (h, min, _) => format!("{h} 小时 {min} 分"),
    }
}

fn why(reason: &str) -> String {
    format!("：{}", self::reason(reason))
}

fn reason(word: &str) -> String {
    let known = match word {
        "called" => "有人来电",
        "called_again" => "其间再次来电",
        "number_shared" => "此号码由多人共用",
        "not_spoken" => "未说上话",
        "spoken" => "已通话",
        "too_short" => "通话太短，不算已通话",
        "sixty_seconds_both_ways" => "双向通话满一分钟",
        "same_person_got_through" => "同一人已打通",
        "outcome_corrected" => "结果已更正",
        "no_match" => "按了菜单没有的键",
        "no_input" => "没有按键",
        "desk_silent" => "工作台没有声音",
        "desk_gone" | "socket_lost" => "工作台连接中断",
        "audio_lost" => "工作台语音中断",
        "operator_leg_lost" => "与接线员的连接中断",
        "cut_off_by_trunk" => "被运营商线路中断",
        "cut_off_by_engine" => "被热线系统中断",
        "waited_enough" => "已到最长等待时间",
        "nobody_on_shift" => "没有能接听的人当班",
        "queue_full" => "队列已满",
        "stopping" => "热线系统停止",
        "abandoned" => "对方在排队时挂断",
        "left_in_menu" => "对方在菜单中挂断",
        "closed" => "已下班",
        "promised_callback" => "已答应回电",
        "engine_lost" => "热线系统曾中断",
        "ack_missing" => "对方一直没有确认我们的接听",
        "dialog_gone" => "对方已不认得这通电话",
        "session_expired" => "对方在规定时间内没有任何信号",
        "carrier_only" => "只有运营商记录了这通电话",
        "busy" => "对方占线",
        "no_answer" => "无人接听",
        "unobtainable" => "空号或关机",
        "declined" => "对方拒接",
        "trunk_down" => "运营商线路中断",
        "consulted" => "同事咨询",
        "consult_over" => "咨询结束",
        "colleague_left" => "同事已挂断",
        "transferred" => "由接线员转接",
        "transfer_failed" => "转接失败",
        "they_left" => "对方挂断",
        "exhausted" => "各时段均已尝试",
        "claimed" => "由同事认领",
        "given_number_tried" => "对方留下的号码已试过一次",
        "noise_number" => "服务号码或境外号码",
        "short_calls" => "多次几秒钟的来电",
        "cap_today" => "今天已试够次数",
        "cut_off" => "被我们中断",
        "danger" => "有危险",
        "extension_tried" => "分机已试过一次",
        "next_part" => "下一个时段",
        "no_number" => "没有可拨打的号码",
        "no_time_given" => "对方没有给出时间",
        "notice_not_heard" => "对方没听完回电告知就挂断",
        "part_wanted" => "对方选择的时段",
        "place_kept" => "保留排队位置",
        "caller_declined" => "对方不希望回电",
        "never_open" => "近期没有服务时间",
        "not_unasked" => "未经同意不能拨打",
        "withheld" => "号码未显示",
        "do_not_call" => "不要致电",
        "blocked" => "号码已屏蔽",
        "other_person" => "其他人接听",
        "invalid" => "空号",
        "refused" => "对方不愿接听",
        "machine" => "语音信箱接听",
        "off" => "关机",
        "rang_back" => "我们拨号时对方打来",
        "called_off" => "对方接听前取消",
        "desk_lost" => "工作台断开",
        "no_trunk" => "没有可用的外呼线路",
        "trunk_tried" => "各线路均已尝试",
        other => return readable(other),
    };
    known.to_owned()
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Spoken => "已通话",
        Outcome::NotSpoken => "未说上话",
        Outcome::Busy => "对方占线",
        Outcome::NoAnswer => "无人接听",
        Outcome::Off => "关机或不在服务区",
        Outcome::Machine => "语音信箱或助理接听",
        Outcome::OtherPerson => "其他人接听",
        Outcome::Invalid => "空号",
        Outcome::Refused => "对方不愿接听",
        Outcome::Silent => "对方没有说话",
        Outcome::WrongNumber => "打错号码",
        Outcome::Prank => "恶作剧",
        Outcome::Abusive => "辱骂",
        Outcome::Test => "测试",
    }
}

fn role(role: LegRole) -> &'static str {
    match role {
        LegRole::Caller => "工友",
        LegRole::Operator => "接线员",
        LegRole::Dialled => "被叫方",
        LegRole::Consulted => "咨询方",
    }
}

fn party(party: Party) -> &'static str {
    match party {
        Party::Caller => "工友",
        Party::Operator => "接线员",
        Party::Engine => "热线系统",
        Party::Trunk => "运营商",
    }
}

fn cause(cause: TerminalCause) -> &'static str {
    match cause {
        TerminalCause::Cancelled => "我们接听前已挂断",
        TerminalCause::LeftInMenu => "在菜单中挂断",
        TerminalCause::Abandoned => "排队时挂断",
        TerminalCause::Closed => "听到已下班并会回电",
        TerminalCause::Conversed => "已通话",
        TerminalCause::NoAudio => "已转接，但声音未能双向接通",
        TerminalCause::PromisedCallback => "已答应回电",
        TerminalCause::FlowEnded => "流程自行结束",
        TerminalCause::Incompatible => "没有共同的音频格式",
        TerminalCause::Overload => "来电过多",
        TerminalCause::TrunkLost => "运营商线路中断",
        TerminalCause::EngineLost => "热线系统曾中断",
        TerminalCause::EngineStopped => "热线系统已停止",
        TerminalCause::NotReached => "未联系上",
        TerminalCause::RangBack => "我们拨号时对方打来",
        TerminalCause::DeskLost => "接线员的工作台断开",
        TerminalCause::CarrierOnly => "只有运营商有记录",
        TerminalCause::CalledOff => "对方接听前取消",
    }
}
