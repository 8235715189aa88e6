//! The words in English.

use super::words::{clock, day_and_time, readable};
use super::{Says, Share, Wait};
use crate::{
    ChosenBy, Crew, HoldList, LegRole, NumberFlag, OfferOutcome, Outcome, Part, Party, Pick, PickRule, Priority,
    Shortage, Skill, TerminalCause, TransferTarget, WithdrawReason,
};

pub(super) fn headline(wait: &Wait) -> String {
    let how = match (&wait.answered_by, wait.under_way) {
        (_, true) => "Is in line now, after".to_owned(),
        (Some(operator), false) => format!("Was put through to {operator} after"),
        (None, false) => "Was in line and not put through, for".to_owned(),
    };
    let shares: Vec<String> =
        wait.shares.iter().map(|(share, ms)| format!("{} {}", span(*ms), self::share(share))).collect();
    let of_it = if shares.is_empty() { String::new() } else { format!(": {}", shares.join("; ")) };
    format!("{how} {}{of_it}.", span(wait.waited_ms))
}

fn share(share: &Share) -> String {
    match share {
        Share::Short { shortage, lacking } => match shortage {
            Shortage::Declined => "only those were free who had declined or missed this call".to_owned(),
            Shortage::Unproven => "an operator was ready, but the desk was not connected".to_owned(),
            Shortage::Busy => "everyone who fits was with others".to_owned(),
            Shortage::Resting => "everyone who fits was on a break".to_owned(),
            Shortage::Unfit => format!("nobody was there {}", who_has(lacking)),
            Shortage::Nobody => "nobody who fits was on shift".to_owned(),
        },
        Share::Ringing { operator } => format!("it rang at {operator}"),
        Share::Connecting => "until audio went both ways".to_owned(),
        Share::Unsaid => "for reasons that the record does not tell".to_owned(),
    }
}

pub(super) fn words(says: &Says) -> String {
    match says {
        Says::Called { masked, dialled, service, open } => {
            let who = if masked.is_empty() { "A withheld number" } else { masked };
            format!("{who} called {dialled} ({service}); the line was {}", if *open { "open" } else { "closed" })
        }
        Says::CarrierCall { masked, dialled, began } => {
            let who = if masked.is_empty() { "A withheld number" } else { masked };
            format!("{who} called {dialled} at {}, which only the carrier saw", day_and_time(*began))
        }
        Says::Owed { reason } => format!("From here on we owe them a call{}", why(&reason.0)),
        Says::OwedTogether => "Called before and is owed one call for both".to_owned(),
        Says::InHand { operator } => format!("What we owe is in the hands of {operator}"),
        Says::OwedAgain { reason } => format!("We still owe them a call{}", why(&reason.0)),
        Says::Kept { reason, by } => {
            let by = by.as_ref().map(|by| format!(" by {by}")).unwrap_or_default();
            format!("Nothing is owed any more{}{by}", why(&reason.0))
        }
        Says::NumberShared => {
            "Another call came from the same number: it is shared, and what is owed is kept apart".to_owned()
        }
        Says::Answered { attempt: false } => "The helpline answered".to_owned(),
        Says::Answered { attempt: true } => "The other side answered".to_owned(),
        Says::Language { language, by } => format!("Speaks {}{}", self::language(&language.0), chosen_by(*by)),
        Says::Topic { topic } => format!("Chose the topic {}", readable(topic)),
        Says::Danger => "Pressed 9: in danger, and goes first".to_owned(),
        Says::Missed { reason } => format!("No useful key{}", why(&reason.0)),
        Says::NoticeHeard { opens: Some(opens) } => {
            format!("Heard that we will call back, and that the line opens {}", day_and_time(*opens))
        }
        Says::NoticeHeard { opens: None } => "Heard that we will call back".to_owned(),
        Says::InLine { queue, needs, priority, kept_since } => {
            let place =
                kept_since.map(|since| format!(" with the place held since {}", clock(since))).unwrap_or_default();
            format!("In line “{queue}”{place}, {}; needs someone {}", standing(*priority), who_has(needs))
        }
        Says::Relaxed { at, before, now } => {
            let now = if now.is_empty() { "at all".to_owned() } else { who_has(now) };
            format!("Waited until {} for someone {}; from then on for anyone {now}", clock(*at), who_has(before))
        }
        Says::WaitTold { minutes, ahead, operators, takes_s } => {
            let told = if *minutes > 60 { "more than an hour".to_owned() } else { format!("about {minutes} min") };
            let takes = span(i64::from(*takes_s) * 1000);
            format!("Was told: {told} ({ahead} went before, {operators} at work for them, a call took {takes} of late)")
        }
        Says::NobodyFree { crew } => nobody_free(crew),
        Says::Rings { operator, pick } => {
            format!("Rings at {operator}{}", pick.as_ref().map(chosen).unwrap_or_default())
        }
        Says::RingOver { operator, outcome, rang_ms } => ring_over(&operator.0, *outcome, *rang_ms),
        Says::Talking { operator, waited_ms } => {
            format!("Hear each other: {operator} and the caller, who had waited {}", span(*waited_ms))
        }
        Says::Reached { operator } => format!("Hear each other: {operator} and the worker"),
        Says::LineClosed { served_until: Some(until), reason } => {
            format!("The line closed ({}): served until {} all the same", self::reason(&reason.0), clock(*until))
        }
        Says::LineClosed { served_until: None, reason } => {
            format!("The line closed ({}): a callback is promised instead", self::reason(&reason.0))
        }
        Says::LineReopened => "The line opened again in time".to_owned(),
        Says::SamePerson { operator } => {
            format!("{operator} says that it is the same person: this closes with the talk")
        }
        Says::Wants { wanted: true } => "Wants to be called back".to_owned(),
        Says::Wants { wanted: false } => "Does not want to be called back".to_owned(),
        Says::WantsPart { part } => format!("Can talk {}", self::part(*part)),
        Says::GaveContact { masked } if masked.is_empty() => "Gave an extension".to_owned(),
        Says::GaveContact { masked } => format!("Gave another number: {masked}"),
        Says::Promised { by } => format!("Was told that we call by {}", day_and_time(*by)),
        Says::PromiseSettled { by, kept: true } => format!("The promise to call by {} is kept", day_and_time(*by)),
        Says::PromiseSettled { by, kept: false } => format!("The promise to call by {} is not kept", day_and_time(*by)),
        Says::Planned { due, reason } => format!("To be called from {}{}", day_and_time(*due), why(&reason.0)),
        Says::OnList { list, reason, by } => {
            let by = by.as_ref().map(|by| format!(", by {by}")).unwrap_or_default();
            format!("Not called by itself, {}{}{by}", self::hold(*list), why(&reason.0))
        }
        Says::Claimed { operator } => format!("{operator} asked to call them next"),
        Says::CallbackRings { operator } => format!("The callback is offered to {operator}"),
        Says::CallbackRingOver { operator, outcome } => callback_ring_over(&operator.0, *outcome),
        Says::AttemptBegan { operator, masked } => format!("{operator} took the callback; {masked} is called"),
        Says::AttemptDialled { trunk } => format!("Dialled through “{trunk}”"),
        Says::AttemptRings => "It rings at the other side".to_owned(),
        Says::AttemptFailed { reason } => format!("Not reached{}", why(&reason.0)),
        Says::Marked { flag, on, reason, by } => {
            let by = by.as_ref().map(|by| format!(", by {by}")).unwrap_or_default();
            let now = if *on { "is marked" } else { "is no longer marked" };
            format!("The number {now}: {}{}{by}", self::flag(*flag), why(&reason.0))
        }
        Says::Hold { operator, on: true } => format!("{operator} put the caller on hold"),
        Says::Hold { operator, on: false } => format!("{operator} came back to the caller"),
        Says::DeskAway { operator, on: true } => {
            format!("The audio of {operator} went; the caller hears music until it is back")
        }
        Says::DeskAway { operator, on: false } => format!("The audio of {operator} is back"),
        Says::CallerSilent { on: true } => "Nothing comes from the caller".to_owned(),
        Says::CallerSilent { on: false } => "The caller’s audio is back".to_owned(),
        Says::BackInLine { reason } => format!("Back at the head of the line{}", why(&reason.0)),
        Says::Asks { operator, to, trunk } => {
            let by = trunk.as_ref().map(|trunk| format!(", by the trunk {trunk},")).unwrap_or_default();
            format!("{operator} asks {}{by} while the caller hears music", target(to))
        }
        Says::Conference { operator } => format!("{operator}, the caller and who was asked talk together"),
        Says::AskOver { operator, reason } => format!("{operator} and the caller are together again{}", why(&reason.0)),
        Says::HandedOn { operator, to } => format!("{operator} handed the caller on to {}", target(to)),
        Says::LineLeft { reason } => format!("Led out of the line{}", why(&reason.0)),
        Says::Dialled { step } => format!("Another party was called ({step})"),
        Says::LegLost { role, reason } => {
            format!("The connection of the {} was lost{}", self::role(*role), why(&reason.0))
        }
        Says::Noted { operator, outcome } => format!("{operator} noted: {}", self::outcome(*outcome)),
        Says::Ended { cause, by, talked_ms } => {
            let talked = talked_ms.map(|ms| format!(", {} after the answer", span(ms))).unwrap_or_default();
            format!("Ended by {}{talked}: {}", party(*by), self::cause(*cause))
        }
    }
}

fn nobody_free(crew: &Crew) -> String {
    let counts = [
        (crew.on_call, "in calls"),
        (crew.offered, "being rung for others"),
        (crew.wrap_up, "in wrap-up"),
        (crew.not_ready, "on a break"),
        (crew.unproven, "ready but not connected"),
        (crew.declined, "free but declined or missed this call"),
    ];
    let fit: Vec<String> =
        counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let fit = if fit.is_empty() {
        "nobody who fits is on shift".to_owned()
    } else {
        format!("of those who fit: {}", fit.join(", "))
    };
    let unfit = if crew.unfit > 0 {
        format!("; {} ready who do not fit: none {}", crew.unfit, who_has(&crew.lacking))
    } else {
        String::new()
    };
    format!("Nobody can take it, {fit}{unfit}")
}

fn chosen(pick: &Pick) -> String {
    let ready = match pick.ready {
        0 | 1 => "the only one ready".to_owned(),
        ready => format!("one of {ready} ready"),
    };
    let rule = match pick.rule {
        PickRule::LongestReady if pick.ready < 2 => format!("since {}", clock(pick.since)),
        PickRule::LongestReady => format!("and the longest, since {}", clock(pick.since)),
        PickRule::SpokeLast => "and spoke with them last time".to_owned(),
        PickRule::SpokeBefore => "and spoke with them before they were cut off".to_owned(),
        PickRule::HandedOn => return ": the colleague to whom the caller was handed on".to_owned(),
        PickRule::RangBack => return ": was dialling them at that moment".to_owned(),
        PickRule::AskedAgain => "and asked again, since nobody else fits".to_owned(),
    };
    format!(": {ready} {rule}")
}

fn ring_over(who: &str, outcome: OfferOutcome, rang_ms: i64) -> String {
    let after = span(rang_ms);
    match outcome {
        OfferOutcome::Accepted => format!("{who} answered after {after}"),
        OfferOutcome::Declined => format!("{who} could not take it, after {after}; the caller keeps the place"),
        OfferOutcome::NoAnswer => format!("{who} did not answer within {after}; the caller keeps the head of the line"),
        OfferOutcome::Failed => format!("The phone of {who} refused or failed after {after}"),
        OfferOutcome::Withdrawn { why } => {
            let why = match why {
                WithdrawReason::CallerLeft => "the caller hung up",
                WithdrawReason::DeskGone => "the desk’s connection went",
                WithdrawReason::CallerChose => "the caller chose otherwise",
                WithdrawReason::Stopping => "the helpline stops",
                WithdrawReason::EngineLost => "the helpline had died",
                WithdrawReason::PhonedIn => "they phone us at this moment",
                WithdrawReason::Replanned => "it is planned anew",
            };
            format!("The ring at {who} was taken back after {after}: {why}")
        }
    }
}

fn callback_ring_over(who: &str, outcome: OfferOutcome) -> String {
    match outcome {
        OfferOutcome::Accepted => format!("{who} took the callback"),
        OfferOutcome::Declined => format!("{who} could not take the callback now"),
        OfferOutcome::NoAnswer => format!("{who} did not take the callback in time"),
        OfferOutcome::Failed => format!("The phone of {who} refused or failed"),
        OfferOutcome::Withdrawn { .. } => format!("The callback was taken back from {who}"),
    }
}

fn target(to: &TransferTarget) -> String {
    match to {
        TransferTarget::Operator { operator } => operator.to_string(),
        TransferTarget::Queue { queue } => format!("the line “{queue}”"),
        TransferTarget::Referral { name } => format!("the service “{name}”"),
    }
}

fn part(part: Part) -> &'static str {
    match part {
        Part::Morning => "in the morning",
        Part::Midday => "at noon",
        Part::Afternoon => "in the afternoon",
        Part::Evening => "in the evening",
    }
}

fn hold(list: HoldList) -> &'static str {
    match list {
        HoldList::Review => "to be reviewed",
        HoldList::Supervisor => "a supervisor decides",
        HoldList::DoNotCall => "do not call",
    }
}

fn flag(flag: NumberFlag) -> &'static str {
    match flag {
        NumberFlag::Shared => "several people’s",
        NumberFlag::DoNotCall => "do not call",
        NumberFlag::Blocked => "blocked for a while",
    }
}

fn standing(priority: u8) -> &'static str {
    match priority {
        Priority::DANGER => "before everyone: in danger",
        Priority::CUT_OFF => "at the head: was cut off by us",
        Priority::PROMISE_DUE => "near the head: a promise falls due",
        Priority::RESUMED => "before others: called again in time",
        _ => "by the time of the call",
    }
}

fn who_has(skills: &[Skill]) -> String {
    let (languages, others): (Vec<&Skill>, Vec<&Skill>) = skills.iter().partition(|skill| skill.is_language());
    let all: Vec<String> = languages.into_iter().chain(others).map(need).collect();
    if all.is_empty() { "of any kind".to_owned() } else { all.join(" and ") }
}

fn need(skill: &Skill) -> String {
    let level = if skill.level() > 1 { format!(" at level {} or above", skill.level()) } else { String::new() };
    match skill.name().split_once(':') {
        Some(("lang", tag)) => format!("who speaks {}{level}", language(tag)),
        Some(("topic", topic)) => format!("with the topic {}{level}", readable(topic)),
        Some(("operator", name)) => format!("like {name}, who spoke with them last time"),
        Some(_) | None => format!("for {}{level}", skill.name()),
    }
}

fn chosen_by(by: ChosenBy) -> &'static str {
    match by {
        ChosenBy::Key => ", chosen by key",
        ChosenBy::Before => ", chosen in a call before",
        ChosenBy::Service => "",
    }
}

fn language(tag: &str) -> String {
    match tag {
        "zh-CN" => "Mandarin".to_owned(),
        "yue" | "zh-HK" => "Cantonese".to_owned(),
        "en" => "English".to_owned(),
        other => other.to_owned(),
    }
}

/// `4 min 2 s`.
fn span(ms: i64) -> String {
    let s = (ms + 500) / 1000;
    match (s / 3600, s / 60 % 60, s % 60) {
        (0, 0, s) => format!("{s} s"),
        (0, min, s) => format!("{min} min {s} s"),
        (h, min, _) => format!("{h} h {min} min"),
    }
}

fn why(reason: &str) -> String {
    format!(": {}", self::reason(reason))
}

fn reason(word: &str) -> String {
    let known = match word {
        "called" => "they called",
        "called_again" => "they called again meanwhile",
        "number_shared" => "the number is several people’s",
        "not_spoken" => "they were not spoken with",
        "spoken" => "they were spoken with",
        "too_short" => "the talk was too short to count",
        "sixty_seconds_both_ways" => "a minute and more of talk",
        "same_person_got_through" => "the same person got through",
        "outcome_corrected" => "the outcome was corrected",
        "no_match" => "the menu does not know it",
        "no_input" => "none was pressed",
        "desk_silent" => "no audio came from the desk",
        "desk_gone" | "socket_lost" => "the desk’s connection was lost",
        "audio_lost" => "the desk’s audio was lost",
        "operator_leg_lost" => "the operator’s connection was lost",
        "cut_off_by_trunk" => "cut off by the carrier",
        "cut_off_by_engine" => "cut off by the helpline",
        "waited_enough" => "the longest wait was over",
        "nobody_on_shift" => "nobody who could answer was on shift",
        "queue_full" => "the line was full",
        "stopping" => "the helpline stops",
        "abandoned" => "they hung up in line",
        "left_in_menu" => "they hung up in the menu",
        "closed" => "the line was closed",
        "promised_callback" => "a callback was promised",
        "engine_lost" => "the helpline had died",
        "ack_missing" => "our answer was never acknowledged",
        "dialog_gone" => "the other side knows nothing of the call any more",
        "session_expired" => "the other side said nothing in time",
        "carrier_only" => "only the carrier saw the call",
        "busy" => "the line was busy",
        "no_answer" => "no answer",
        "unobtainable" => "the number leads nowhere or is switched off",
        "declined" => "it was declined",
        "trunk_down" => "the carrier’s line is down",
        "consulted" => "a colleague asks",
        "consult_over" => "the question is over",
        "colleague_left" => "the colleague hung up",
        "transferred" => "handed on by an operator",
        "transfer_failed" => "the transfer failed",
        "they_left" => "they hung up",
        "exhausted" => "everything was tried",
        "claimed" => "asked for by someone here",
        "given_number_tried" => "the number that they gave was tried once",
        "noise_number" => "a service or foreign number",
        "short_calls" => "several calls of a few seconds",
        "cap_today" => "tried enough today",
        "cut_off" => "cut off by us",
        "danger" => "in danger",
        "extension_tried" => "the extension was tried once",
        "next_part" => "the next part of the day",
        "no_number" => "there is no number to call",
        "no_time_given" => "they gave no time",
        "notice_not_heard" => "they hung up before they heard that we call",
        "part_wanted" => "the part of the day that they chose",
        "place_kept" => "the place in line is kept",
        "caller_declined" => "the caller did not want a call",
        "never_open" => "no opening is ahead",
        "not_unasked" => "may not be dialled unasked",
        "withheld" => "the number is withheld",
        "do_not_call" => "do not call",
        "blocked" => "the number is blocked",
        "other_person" => "someone else answered",
        "invalid" => "the number leads nowhere",
        "refused" => "they did not want to be called",
        "machine" => "a machine answered",
        "off" => "switched off",
        "rang_back" => "they phoned us while we dialled",
        "called_off" => "called off before they answered",
        "desk_lost" => "the desk was lost",
        "no_trunk" => "no line to dial through",
        "trunk_tried" => "every line was tried",
        other => return readable(other),
    };
    known.to_owned()
}

fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Spoken => "spoken with",
        Outcome::NotSpoken => "not spoken with",
        Outcome::Busy => "the line was busy",
        Outcome::NoAnswer => "no answer",
        Outcome::Off => "switched off or out of reach",
        Outcome::Machine => "a machine answered",
        Outcome::OtherPerson => "someone else answered",
        Outcome::Invalid => "the number leads nowhere",
        Outcome::Refused => "did not want to be called",
        Outcome::Silent => "nobody spoke",
        Outcome::WrongNumber => "a wrong number",
        Outcome::Prank => "a prank",
        Outcome::Abusive => "abuse",
        Outcome::Test => "a test",
    }
}

fn role(role: LegRole) -> &'static str {
    match role {
        LegRole::Caller => "caller",
        LegRole::Operator => "operator",
        LegRole::Dialled => "party called",
        LegRole::Consulted => "colleague asked",
    }
}

fn party(party: Party) -> &'static str {
    match party {
        Party::Caller => "the caller",
        Party::Operator => "the operator",
        Party::Engine => "the helpline",
        Party::Trunk => "the carrier",
    }
}

fn cause(cause: TerminalCause) -> &'static str {
    match cause {
        TerminalCause::Cancelled => "hung up before we answered",
        TerminalCause::LeftInMenu => "hung up in the menu",
        TerminalCause::Abandoned => "hung up in line",
        TerminalCause::Closed => "heard that we are closed and will call back",
        TerminalCause::Conversed => "after a conversation",
        TerminalCause::NoAudio => "put through, but audio never went both ways",
        TerminalCause::PromisedCallback => "a callback was promised",
        TerminalCause::FlowEnded => "the menu’s own end",
        TerminalCause::Incompatible => "no audio format in common",
        TerminalCause::Overload => "too many calls",
        TerminalCause::TrunkLost => "the carrier’s line was lost",
        TerminalCause::EngineLost => "the helpline had died",
        TerminalCause::EngineStopped => "the helpline was stopped",
        TerminalCause::NotReached => "not reached",
        TerminalCause::RangBack => "they phoned us while we dialled",
        TerminalCause::DeskLost => "the operator’s desk was lost",
        TerminalCause::CarrierOnly => "only the carrier saw it",
        TerminalCause::CalledOff => "called off before they answered",
    }
}
