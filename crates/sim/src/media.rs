//! What signalling and media would do: legs come up, prompts end, packets come or stay away. Facts fall due; nothing happens by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use base::{JourneyId, LegId, Mono, PlayId, Timers};
use routing::{Command, Digits, Language, Say, Source};

/// What a network takes.
const NETWORK: Duration = Duration::from_millis(20);
/// How long each prompt lasts that nobody measured.
const PROMPT: Duration = Duration::from_secs(1);
/// After this without packets a watched leg is silent.
const SILENT_AFTER: Duration = Duration::from_secs(3);

/// A fact that falls due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Happening {
    Up(LegId),
    Played(LegId, PlayId),
    Flowing(LegId),
    Silent(LegId),
    /// A leg's last word: its meter.
    Measured(LegId),
    /// What somebody keyed in is sealed.
    Sealed(JourneyId),
}

#[derive(Debug, Default)]
pub(crate) struct Media {
    due: Timers<Happening>,
    plays: BTreeMap<LegId, (PlayId, Vec<Say>)>,
    watched: BTreeSet<LegId>,
    quiet: BTreeSet<LegId>,
    dialled: BTreeSet<LegId>,
    heard: BTreeMap<LegId, Vec<Source>>,
    keyed: BTreeMap<JourneyId, (Digits, bool)>,
    byes: usize,
    /// How long recordings last, by `<language>/<name>`.
    lengths: BTreeMap<String, Duration>,
}

impl Media {
    pub(crate) fn next(&self) -> Option<Mono> {
        self.due.next()
    }

    pub(crate) fn pop_due(&mut self, now: Mono) -> Option<Happening> {
        let happening = self.due.pop_due(now)?;
        if let Happening::Played(leg, _) = happening {
            self.plays.remove(&leg);
        }
        Some(happening)
    }

    /// Does as it is told.
    pub(crate) fn perform(&mut self, command: &Command, now: Mono) {
        match command {
            Command::Answer { leg } => self.due.set(Happening::Up(*leg), now + NETWORK),
            Command::Dial { leg, .. } => {
                self.dialled.insert(*leg);
            }
            Command::HangUp { leg, .. } | Command::Refuse { leg, .. } => self.over(*leg, now),
            Command::Play { leg, play, say, language, repeat } => {
                let length = say.iter().map(|say| self.length_of(language, say)).sum();
                self.play(*leg, *play, say, Some(length).filter(|_| !repeat), now);
            }
            Command::StopPlay { leg } => self.stop(*leg),
            Command::Watch { leg, on } => self.watch(*leg, *on, now),
            Command::ByeRecovered { .. } => self.byes += 1,
            Command::Hear { leg, sources } => {
                self.heard.insert(*leg, sources.clone());
            }
            Command::SendDigit { .. } | Command::SendSealed { .. } | Command::Mute { .. } => {}
            Command::SealContact { journey, digits, extension, leg: _ } => {
                self.keyed.insert(*journey, (digits.clone(), *extension));
                self.due.set(Happening::Sealed(*journey), now + NETWORK);
            }
        }
    }

    /// Whom a leg hears, or what music.
    pub(crate) fn heard_by(&self, leg: LegId) -> &[Source] {
        self.heard.get(&leg).map(Vec::as_slice).unwrap_or_default()
    }

    /// What somebody keyed in, and whether it is an extension.
    pub(crate) fn keyed(&mut self, journey: JourneyId) -> Option<(Digits, bool)> {
        self.keyed.remove(&journey)
    }

    /// Whether our answer to this leg is on its way.
    pub(crate) fn is_coming_up(&self, leg: LegId) -> bool {
        self.due.get(&Happening::Up(leg)).is_some()
    }

    /// Whether we dialled it, and it is not over.
    pub(crate) fn is_dialled(&self, leg: LegId) -> bool {
        self.dialled.contains(&leg)
    }

    /// Legs that we dialled and that are not over.
    pub(crate) fn dialled(&self) -> Vec<LegId> {
        self.dialled.iter().copied().collect()
    }

    /// How many dialogs of lost runs got their BYE.
    pub(crate) fn byes(&self) -> usize {
        self.byes
    }

    /// Whether a leg hears a prompt at this moment.
    pub(crate) fn hears(&self, leg: LegId, prompt: &str) -> bool {
        let playing = self.plays.get(&leg).map(|(_, say)| say.as_slice()).unwrap_or_default();
        playing.iter().any(|say| matches!(say, Say::Prompt(name) if name == prompt))
    }

    /// Packets of this leg stop coming, or come again.
    pub(crate) fn hush(&mut self, leg: LegId, quiet: bool, now: Mono) {
        let changed = if quiet { self.quiet.insert(leg) } else { self.quiet.remove(&leg) };
        if changed && self.watched.contains(&leg) {
            self.listen(leg, now);
        }
    }

    /// The leg is gone.
    pub(crate) fn over(&mut self, leg: LegId, now: Mono) {
        self.stop(leg);
        self.watch(leg, false, now);
        self.due.cancel(&Happening::Up(leg));
        self.dialled.remove(&leg);
        self.heard.remove(&leg);
        self.due.set(Happening::Measured(leg), now + NETWORK);
    }

    /// Whether a leg hears any words at this moment.
    pub(crate) fn plays_to(&self, leg: LegId) -> bool {
        self.plays.contains_key(&leg)
    }

    pub(crate) fn last_as_long_as(&mut self, lengths: BTreeMap<String, Duration>) {
        self.lengths = lengths;
    }

    fn length_of(&self, language: &Language, say: &Say) -> Duration {
        match say {
            Say::Prompt(_) if self.lengths.is_empty() => PROMPT,
            Say::Prompt(name) => self.lengths.get(&format!("{language}/{name}")).copied().unwrap_or(PROMPT),
            Say::Pause { ms } => Duration::from_millis(u64::from(*ms)),
        }
    }

    fn play(&mut self, leg: LegId, play: PlayId, say: &[Say], length: Option<Duration>, now: Mono) {
        self.stop(leg);
        self.plays.insert(leg, (play, say.to_vec()));
        if let Some(length) = length {
            self.due.set(Happening::Played(leg, play), now + length);
        }
    }

    fn stop(&mut self, leg: LegId) {
        if let Some((play, _)) = self.plays.remove(&leg) {
            self.due.cancel(&Happening::Played(leg, play));
        }
    }

    fn watch(&mut self, leg: LegId, on: bool, now: Mono) {
        if on {
            self.watched.insert(leg);
            return self.listen(leg, now);
        }
        self.watched.remove(&leg);
        self.due.cancel(&Happening::Flowing(leg));
        self.due.cancel(&Happening::Silent(leg));
    }

    fn listen(&mut self, leg: LegId, now: Mono) {
        let (comes, stays_away) = (Happening::Flowing(leg), Happening::Silent(leg));
        if self.quiet.contains(&leg) {
            self.due.cancel(&comes);
            self.due.set(stays_away, now + SILENT_AFTER);
        } else {
            self.due.cancel(&stays_away);
            self.due.set(comes, now + NETWORK);
        }
    }
}
