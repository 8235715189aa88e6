use std::time::Duration;

use base::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use routing::{Outcome, RequestKind};

/// One thing that happens, or is expected.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Sentence {
    At(Timestamp),
    Pass(Duration),
    ClockReaches(Time),
    Ready {
        name: String,
        languages: Vec<String>,
    },
    Break {
        name: String,
    },
    Call {
        from: String,
        to: String,
    },
    /// The next sentences are about this caller.
    About {
        number: String,
    },
    Press(char),
    CallerHangsUp,
    TrunkCutsOff,
    Answer {
        name: String,
    },
    Decline {
        name: String,
    },
    HangUp {
        name: String,
    },
    Says {
        name: String,
        outcome: Outcome,
    },
    FinishesWrapUp {
        name: String,
    },
    GoesQuiet {
        name: String,
    },
    Reloads {
        name: String,
    },
    /// Asks a colleague, and goes on with it.
    AsksColleague {
        name: String,
        colleague: String,
    },
    Asks {
        name: String,
        kind: RequestKind,
    },
    EngineLost,
    Expect(Expected),
}

/// Something that must be true, or come true within a second.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expected {
    Hears(String),
    /// Music, and nobody.
    HearsMusic,
    /// Exactly these: `caller`, or operators by name.
    HearsOnly {
        who: String,
        others: Vec<String>,
    },
    HearsOut(String),
    Waits,
    /// Their call is over.
    WaitsNoMore,
    Talks,
    PacketsFlow,
    /// They talk, and still do after this.
    TalkFor(Duration),
    Rings {
        name: String,
    },
    RingsNot {
        name: String,
    },
    ReadyAsBefore {
        name: String,
    },
    NotReady {
        name: String,
        reason: String,
    },
    WrapsUp {
        name: String,
    },
    Discharged {
        reason: String,
    },
    Open {
        reason: String,
    },
    InHand,
    OpenCount(usize),
    Ended {
        cause: String,
        by: String,
    },
    Byes(usize),
    /// The journal has as many records of this type.
    Recorded {
        count: usize,
        kind: String,
    },
    Promised,
}

/// Reads a line: sentences parted by `…`, the first one's subject holds for all.
pub(super) fn read(line: &str) -> Result<Vec<Sentence>, String> {
    let mut sentences = Vec::new();
    let mut parts = line.split('…').map(str::trim);
    let first: Vec<&str> = parts.next().unwrap_or_default().split_whitespace().collect();
    one(&first, &mut sentences)?;
    for part in parts {
        let words: Vec<&str> = first.first().copied().into_iter().chain(part.split_whitespace()).collect();
        one(&words, &mut sentences)?;
    }
    Ok(sentences)
}

fn one(words: &[&str], sentences: &mut Vec<Sentence>) -> Result<(), String> {
    let unread = || format!("nobody understands `{}`", words.join(" "));
    let mut words = words;
    let without_number: Vec<&str>;
    if let ["caller", number, rest @ ..] = words
        && number.bytes().all(|byte| byte.is_ascii_digit())
        && rest.first() != Some(&"calls")
    {
        sentences.push(Sentence::About { number: (*number).to_owned() });
        without_number = std::iter::once("caller").chain(rest.iter().copied()).collect();
        words = &without_number;
    }
    let sentence = happens(words)?.or_else(|| expected(words).map(Sentence::Expect));
    sentences.push(sentence.ok_or_else(unread)?);
    Ok(())
}

fn happens(words: &[&str]) -> Result<Option<Sentence>, String> {
    let named = |name: &str| name.to_owned();
    Ok(Some(match words {
        ["at", date, time] => Sentence::At(moment(date, time)?),
        [span, unit, "pass"] => Sentence::Pass(duration(span, unit)?),
        ["the", "clock", "reaches", time] => Sentence::ClockReaches(time_of_day(time)?),
        ["operator", name, "is", "ready"] => Sentence::Ready { name: named(name), languages: vec![named("zh-CN")] },
        ["operator", name, "who", "speaks", languages @ .., "is", "ready"] => {
            let languages = languages.iter().filter(|word| **word != "and").map(|tag| named(tag)).collect();
            Sentence::Ready { name: named(name), languages }
        }
        [name, "takes", "a", "break"] => Sentence::Break { name: named(name) },
        ["caller", from, "calls", to] => Sentence::Call { from: named(from), to: named(to) },
        ["caller", "presses", digit] => Sentence::Press(key(digit)?),
        ["caller", "hangs", "up"] => Sentence::CallerHangsUp,
        ["the", "trunk", "cuts", "off", "the", "caller"] => Sentence::TrunkCutsOff,
        [name, "answers"] => Sentence::Answer { name: named(name) },
        [name, "declines"] => Sentence::Decline { name: named(name) },
        [name, "hangs", "up"] => Sentence::HangUp { name: named(name) },
        [name, "says", "spoken"] => Sentence::Says { name: named(name), outcome: Outcome::Spoken },
        [name, "says", "not", "spoken"] => Sentence::Says { name: named(name), outcome: Outcome::NotSpoken },
        [name, "finishes", "wrap-up"] => Sentence::FinishesWrapUp { name: named(name) },
        ["no", "packets", "come", "from", name] => Sentence::GoesQuiet { name: named(name) },
        [name, "asks", colleague] => Sentence::AsksColleague { name: named(name), colleague: named(colleague) },
        [name, "turns", "to", "the", "other"] => asks(name, RequestKind::SwapConsult {}),
        [name, "brings", "all", "together"] => asks(name, RequestKind::Conference {}),
        [name, "stops", "asking"] => asks(name, RequestKind::CancelConsult {}),
        [name, "hands", "the", "caller", "over"] => asks(name, RequestKind::CompleteConsult {}),
        [name, "holds", "the", "caller"] => asks(name, RequestKind::Hold { on: true }),
        [name, "takes", "the", "caller", "back"] => asks(name, RequestKind::Hold { on: false }),
        [name, "reloads", "the", "page"] => Sentence::Reloads { name: named(name) },
        ["the", "engine", "is", "lost"] => Sentence::EngineLost,
        _ => return Ok(None),
    }))
}

fn asks(name: &str, kind: RequestKind) -> Sentence {
    Sentence::Asks { name: name.to_owned(), kind }
}

fn expected(words: &[&str]) -> Option<Expected> {
    let named = |name: &str| name.to_owned();
    Some(match words {
        ["caller", "hears", "music"] => Expected::HearsMusic,
        [who, "hears", "only", others @ ..] => {
            let others = others.iter().filter(|word| **word != "and").map(|name| named(name)).collect();
            Expected::HearsOnly { who: named(who), others }
        }
        ["caller", "hears", prompt] => Expected::Hears(named(prompt)),
        ["caller", "hears", prompt, "to", "the", "end"] => Expected::HearsOut(named(prompt)),
        ["caller", "waits"] => Expected::Waits,
        ["caller", "waits", "no", "more"] => Expected::WaitsNoMore,
        ["caller", "talks"] => Expected::Talks,
        ["caller", "was", "promised", "a", "callback"] => Expected::Promised,
        ["packets", "flow"] => Expected::PacketsFlow,
        ["they", "talk", "for", span, unit] => Expected::TalkFor(duration(span, unit).ok()?),
        [name, "rings"] => Expected::Rings { name: named(name) },
        [name, "does", "not", "ring"] => Expected::RingsNot { name: named(name) },
        [name, "is", "ready", "as", "before"] => Expected::ReadyAsBefore { name: named(name) },
        [name, "is", "not", "ready", "because", reason] => {
            Expected::NotReady { name: named(name), reason: named(reason) }
        }
        [name, "is", "in", "wrap-up"] => Expected::WrapsUp { name: named(name) },
        ["obligation", "is", "discharged", "because", reason] => Expected::Discharged { reason: named(reason) },
        ["obligation", "is", "open", "because", reason] => Expected::Open { reason: named(reason) },
        ["obligation", "is", "in", "hand"] => Expected::InHand,
        [count, "obligation" | "obligations", "is" | "are", "open"] => Expected::OpenCount(count.parse().ok()?),
        ["journey", "ended", cause, "by", party] => Expected::Ended { cause: named(cause), by: named(party) },
        [count, "dialogs", "get", "a", "bye"] => Expected::Byes(count.parse().ok()?),
        ["the", "journal", "has", count, kind] => Expected::Recorded { count: count.parse().ok()?, kind: named(kind) },
        _ => return None,
    })
}

fn moment(date: &str, time: &str) -> Result<Timestamp, String> {
    let civil: DateTime =
        format!("{date}T{time}").parse().map_err(|_| format!("`{date} {time}` is no date and time"))?;
    let zone = TimeZone::get("Asia/Shanghai").map_err(|why| why.to_string())?;
    Ok(civil.to_zoned(zone).map_err(|why| why.to_string())?.timestamp())
}

fn time_of_day(time: &str) -> Result<Time, String> {
    time.parse().map_err(|_| format!("`{time}` is no time of day"))
}

fn duration(span: &str, unit: &str) -> Result<Duration, String> {
    let span: u64 = span.parse().map_err(|_| format!("`{span}` is no whole number"))?;
    match unit {
        "ms" => Ok(Duration::from_millis(span)),
        "s" => Ok(Duration::from_secs(span)),
        "min" => Ok(Duration::from_secs(span.saturating_mul(60))),
        _ => Err(format!("`{unit}` is neither ms, s nor min")),
    }
}

fn key(digit: &str) -> Result<char, String> {
    let mut keys = digit.chars();
    match (keys.next(), keys.next()) {
        (Some(key @ ('0'..='9' | '*' | '#')), None) => Ok(key),
        _ => Err(format!("`{digit}` is no key")),
    }
}
