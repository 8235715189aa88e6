//! The JSON between pages and engine. `ui/src/wire.ts` says the same in TypeScript; a test holds the two together.
//!
//! | method and path | body → answer | who |
//! | --- | --- | --- |
//! | POST `/api/session` | [`SignIn`] → [`Me`], 401 [`Problem`], 429 | anyone |
//! | GET `/api/session` | → [`Me`] or 401 | signed in |
//! | DELETE `/api/session` | → 204 | signed in |
//! | POST `/api/desk/leg` | [`Sdp`] offer → [`Sdp`] answer | operator |
//! | GET `/api/desk/socket` (WebSocket) | [`FromDesk`] ⇄ [`ToDesk`] | operator |
//! | GET `/api/calls?from=&to=&cause=&outcome=&language=&operator=&state=&after=&limit=` | → [`CallPage`] | supervisor |
//! | GET `/api/calls/{journey}?lang=` | → [`CallDetail`] | supervisor |
//! | GET `/api/obligations?state=&language=&after=&limit=` | → [`ObligationPage`] | supervisor |
//! | POST `/api/obligations` | [`routing::RequestKind`]: close, claim, plan, flag → 204, 409 [`Problem`] | supervisor |
//! | GET `/api/hours` | → [`HoursPage`] | supervisor, administrator |
//! | POST `/api/hours` | [`SwitchBody`] → 204 | supervisor, administrator |
//! | POST `/api/hours/holidays` | [`ConfirmBody`] → 204 | supervisor, administrator |
//! | GET `/api/rota?week=` | → [`RotaPage`] | supervisor, administrator |
//! | PUT `/api/rota/{operator}` | [`RotaBody`] → 204 | supervisor, administrator |
//! | GET `/api/status` | → [`Status`] | signed in |
//! | GET `/api/try` | → [`TryInfo`], 404 outside trial mode | anyone (trial) |
//! | POST `/api/try/calls` | [`TryCall`] → [`TryAnswer`] | anyone (trial) |
//! | GET `/api/try/calls/{leg}` (WebSocket) | → [`TryState`] | anyone (trial) |
//! | DELETE `/api/try/calls/{leg}` | → 204 | anyone (trial) |
//! | GET `/healthz`, `/readyz` | → 200 or 503 | anyone |
//!
//! Pages: `/` leads to the page of one's role, `/login`, `/desk`, `/console` (call log, `/console/calls/{journey}`, `/console/obligations`), `/try`.
//! Times are RFC 3339 in UTC; durations are milliseconds unless named otherwise. Errors are [`Problem`] with a 4xx or 5xx.

mod hours;

use serde::{Deserialize, Serialize};

pub use hours::{
    ChangeView, ConfirmBody, DayView, HolidayView, HoursPage, RotaBody, RotaPage, RotaRow, ServiceView, StretchView,
    SwitchBody,
};

/// Name and password.
#[derive(Debug, Deserialize)]
pub struct SignIn {
    /// Login name.
    pub name: String,
    /// In clear, over TLS or loopback.
    pub password: String,
}

/// Who is signed in.
#[derive(Debug, Serialize)]
pub struct Me {
    /// Login name.
    pub operator: String,
    /// Name shown.
    pub name: String,
    /// `operator`, `supervisor`, `administrator`.
    pub roles: Vec<String>,
    /// The engine runs in trial mode.
    pub trial: bool,
    /// Lines that a caller can be handed to,
    pub lines: Vec<String>,
    /// and services outside, by their names in the dial plan.
    pub referrals: Vec<String>,
}

/// Why not. `code` is stable and translated by the page: `bad_password`, `too_many_tries`, `signed_out`, `forbidden`, `not_found`, `bad_request`,
/// `unavailable` (Postgres away), or a [`routing::RequestError`] by its name.
#[derive(Debug, Serialize)]
pub struct Problem {
    /// Stable.
    pub code: String,
    /// In English, for logs and curl.
    pub message: String,
}

/// An SDP offer or answer.
#[derive(Debug, Serialize, Deserialize)]
pub struct Sdp {
    /// The text.
    pub sdp: String,
}

/// What a desk says.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FromDesk {
    /// A request: its `do` is one of [`routing::RequestKind`] that an operator may make. Answered by `ToDesk::Reply` with the same `id`.
    Ask {
        /// Chosen by the page.
        id: u64,
        /// What.
        ask: routing::RequestKind,
    },
    /// Measures the round trip; answered by `Pong`.
    Ping {
        /// Sent back as it came.
        id: u64,
    },
}

/// What a desk is told.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ToDesk {
    /// All that the desk shows, whole, whenever something of it changed.
    View(Box<DeskView>),
    /// The answer to an `Ask`; `error` is a [`Problem`] code.
    Reply {
        /// The page's.
        id: u64,
        /// None: done.
        error: Option<String>,
    },
    /// The answer to a `Ping`.
    Pong {
        /// The page's.
        id: u64,
    },
    /// Signed in elsewhere: this page gives up its socket and says so.
    Superseded {},
}

/// All that a desk shows.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DeskView {
    /// `offline`, `not_ready`, `ready`, `offered`, `on_call`, `wrap_up`.
    pub state: String,
    /// Break or fault, in `not_ready`: `meal`, `no_answer`, `desk_silent`, `audio_lost`, `socket_lost` …
    pub reason: Option<String>,
    /// Since when, UTC.
    pub since: String,
    /// The engine's audio leg of this desk is up and packets come.
    pub audio: bool,
    /// What the operator will be after this call: `ready` or a break.
    pub next: Option<String>,
    /// A call that rings here.
    pub offer: Option<OfferView>,
    /// A callback that rings here.
    pub callback: Option<CallbackOfferView>,
    /// The call that one is in.
    pub call: Option<CallView>,
    /// A colleague asks this operator about a call.
    pub asked: Option<AskedView>,
    /// Colleagues on shift, while one is in a call.
    pub colleagues: Vec<ColleagueView>,
    /// Wrap-up under way.
    pub wrap_up: Option<WrapUpView>,
    /// The queue card.
    pub queue: QueueView,
    /// Callbacks that are due, or soon are, as they stand in line.
    pub due: Vec<DueView>,
    /// How many more there are.
    pub due_more: u32,
    /// The engine's clock at sending, UTC, for countdowns.
    pub now: String,
}

/// A call that rings.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OfferView {
    /// Its id.
    pub offer: String,
    /// The journey's.
    pub journey: String,
    /// Who.
    pub caller: CallerView,
    /// Until when it rings, UTC.
    pub until: String,
}

/// Who calls, as far as a desk may know.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallerView {
    /// `139****8096`, or empty: withheld.
    pub masked: String,
    /// BCP 47.
    pub language: String,
    /// By key.
    pub topic: Option<String>,
    /// Pressed 9.
    pub danger: bool,
    /// In line since, UTC.
    pub waiting_since: String,
    /// Came back to the head of the line: cut off, missed.
    pub returned: bool,
}

/// A call under way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallView {
    /// The journey's id.
    pub journey: String,
    /// Who.
    pub caller: CallerView,
    /// Accepted, UTC.
    pub since: String,
    /// Packets were seen both ways.
    pub conversing: bool,
    /// The caller hears music.
    pub held: bool,
    /// The caller does not hear us.
    pub muted: bool,
    /// The caller hears music until this desk's audio is back.
    pub reconnecting: bool,
    /// Nothing comes from the caller.
    pub caller_silent: bool,
    /// Whom we ask while the caller hears music.
    pub consult: Option<ConsultView>,
    /// We began it, to keep what we owe.
    pub attempt: Option<AttemptView>,
    /// What the operator may say of the number.
    pub number: NumberView,
}

/// What an operator may say of a number, by the word of whom they speak with.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct NumberView {
    /// It has a key, and can be marked.
    pub known: bool,
    /// It is never dialled (rule 6).
    pub do_not_call: bool,
    /// What else is owed to this number: whether to the same person, the operator says (rule 5).
    pub owed: Vec<SameView>,
}

/// Something owed to the same number, without another call's content.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SameView {
    /// What is owed.
    pub obligation: String,
    /// Since when, UTC.
    pub opened: String,
    /// BCP 47.
    pub language: Option<String>,
    /// The operator said that it is the same person's.
    pub said: bool,
}

/// A callback that rings: accepted, it is dialled.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallbackOfferView {
    /// Its id, for `accept` and `decline`.
    pub offer: String,
    /// Until when it rings, UTC.
    pub until: String,
    /// For whom.
    pub callback: CallbackView,
}

/// Whom we owe a call, as far as a desk may know.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CallbackView {
    /// What is owed; dialling goes by this and never by a number.
    pub obligation: String,
    /// `139****8096` of the number that is dialled; empty: withheld.
    pub masked: String,
    /// [`base::NumberClass`].
    pub class: String,
    /// They keyed in a number or an extension.
    pub given: bool,
    /// BCP 47.
    pub language: Option<String>,
    /// By key.
    pub topic: Option<String>,
    /// Pressed 9.
    pub danger: bool,
    /// Whether they want to be called, by their own key.
    pub wanted: Option<bool>,
    /// `morning`, `midday`, `afternoon`, `evening`.
    pub part: Option<String>,
    /// The time that they were told, UTC.
    pub promise: Option<String>,
    /// Owed since, UTC.
    pub opened: String,
    /// How often they called.
    pub journeys: u32,
    /// Oldest first.
    pub tried: Vec<TriedView>,
}

/// An attempt that is over.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TriedView {
    /// When, UTC.
    pub at: String,
    /// By whom.
    pub operator: String,
    /// An outcome, what the line told, or a [`routing::TerminalCause`].
    pub result: String,
}

/// A call that we began.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AttemptView {
    /// `dialling`, `ringing`, `answered`.
    pub stage: String,
    /// For whom.
    pub callback: CallbackView,
}

/// A callback in line.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct DueView {
    /// What is owed.
    pub obligation: String,
    /// Masked.
    pub masked: String,
    /// BCP 47.
    pub language: Option<String>,
    /// By key.
    pub topic: Option<String>,
    /// Pressed 9.
    pub danger: bool,
    /// From when on it is offered, UTC.
    pub due: String,
    /// The time that they were told, UTC.
    pub promise: Option<String>,
    /// Attempts so far.
    pub tried: u32,
    /// Who wants it next.
    pub claimed_by: Option<String>,
    /// It rings at a desk.
    pub ringing: bool,
}

/// Somebody is asked while the caller hears music.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ConsultView {
    /// Who was asked for.
    pub to: routing::TransferTarget,
    /// The colleague's name, where it is one.
    pub name: Option<String>,
    /// They answered.
    pub answered: bool,
    /// We speak with the caller meanwhile.
    pub with_caller: bool,
    /// And who was asked with both of us.
    pub conference: bool,
}

/// A colleague asks about a call.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AskedView {
    /// While it rings.
    pub offer: Option<String>,
    /// Who asks.
    pub by: String,
    /// Whom it is about.
    pub caller: CallerView,
    /// Until when it rings, UTC.
    pub until: String,
    /// The colleague speaks with the caller meanwhile.
    pub with_caller: bool,
    /// And we with both.
    pub conference: bool,
}

/// A colleague on shift.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ColleagueView {
    /// Login name.
    pub operator: String,
    /// Name shown.
    pub name: String,
    /// Ready, and proven so: can be asked, or handed a caller.
    pub ready: bool,
}

/// Wrap-up under way.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WrapUpView {
    /// The journey's id.
    pub journey: String,
    /// When it ends by itself, UTC.
    pub until: String,
    /// `spoken`, `not_spoken` or none yet.
    pub outcome: Option<String>,
    /// The caller is with somebody else, or in line: what came of it is theirs to say.
    pub handed_on: bool,
    /// Who hung up: `caller`, `operator`, `engine`, `trunk`.
    pub ended_by: Option<String>,
    /// We began the call, to keep what we owe.
    pub attempt: bool,
    /// What the line told, where nobody was reached: `busy`, `no_answer` …
    pub told: Option<String>,
    /// What the operator may say of the number.
    pub number: NumberView,
}

/// The queue card.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QueueView {
    /// How many wait.
    pub waiting: u32,
    /// Since when the first does, UTC.
    pub longest_since: Option<String>,
    /// Operators proven ready.
    pub ready: u32,
    /// Operators on shift.
    pub on_shift: u32,
}

/// A page of the call log, newest first.
#[derive(Debug, Serialize)]
pub struct CallPage {
    /// Rows.
    pub calls: Vec<CallRow>,
    /// Give it as `after` for the next page.
    pub next: Option<String>,
    /// How far Postgres is behind the journal, in records; the page says so when it is not 0.
    pub behind: u64,
}

/// One journey.
#[derive(Debug, PartialEq, Serialize)]
pub struct CallRow {
    /// Its id.
    pub journey: String,
    /// INVITE in, UTC.
    pub opened: String,
    /// None: under way.
    pub ended: Option<String>,
    /// Masked.
    pub caller: String,
    /// Dialled.
    pub dialled: String,
    /// Service.
    pub service: String,
    /// The calendar said open.
    pub open: bool,
    /// BCP 47.
    pub language: Option<String>,
    /// By key.
    pub topic: Option<String>,
    /// Pressed 9.
    pub danger: bool,
    /// Who spoke with them.
    pub operator: Option<String>,
    /// In line, milliseconds.
    pub wait_ms: Option<i64>,
    /// Both ways, milliseconds.
    pub talk_ms: Option<i64>,
    /// [`routing::TerminalCause`].
    pub cause: Option<String>,
    /// `spoken`, `not_spoken`.
    pub outcome: Option<String>,
    /// `open`, `in_hand`, `discharged`; none: nothing owed (synthetic).
    pub obligation: Option<String>,
}

/// One journey with its steps.
#[derive(Debug, Serialize)]
pub struct CallDetail {
    /// The row.
    pub call: CallRow,
    /// Oldest first.
    pub steps: Vec<StepRow>,
    /// Why it went so, in the language asked for.
    pub why: Why,
}

/// Why a call went as it did, told from the reasons in the record; the words are those of `helpline why`.
#[derive(Debug, Serialize)]
pub struct Why {
    /// The wait in one sentence; none: never in line.
    pub headline: Option<String>,
    /// Oldest first.
    pub sentences: Vec<WhySentence>,
}

/// One sentence of it.
#[derive(Debug, Serialize)]
pub struct WhySentence {
    /// When, UTC.
    pub utc: String,
    /// In words.
    pub text: String,
}

/// One step of a timeline.
#[derive(Debug, Serialize)]
pub struct StepRow {
    /// When, UTC.
    pub utc: String,
    /// [`routing::Event`]'s type.
    pub event: String,
    /// Its other fields, without anything sealed; for the page to put into words.
    pub detail: serde_json::Value,
}

/// What we owe, oldest first.
#[derive(Debug, Serialize)]
pub struct ObligationPage {
    /// Rows.
    pub obligations: Vec<ObligationRow>,
    /// For the next page.
    pub next: Option<String>,
    /// See [`CallPage::behind`].
    pub behind: u64,
}

/// One thing that we owe.
#[derive(Debug, Serialize)]
pub struct ObligationRow {
    /// Its id.
    pub obligation: String,
    /// `open`, `in_hand`, `discharged`.
    pub state: String,
    /// [`routing::ObligationKind`].
    pub kind: String,
    /// Opened, UTC.
    pub opened: String,
    /// Its state's last change, UTC.
    pub changed: String,
    /// By which journey.
    pub journey: String,
    /// Journeys of the same person merged into it, the first included.
    pub journeys: u32,
    /// Masked.
    pub caller: String,
    /// [`base::NumberClass`].
    pub class: String,
    /// The number stands for one person, and can be marked.
    pub one_person: bool,
    /// BCP 47.
    pub language: Option<String>,
    /// By key.
    pub topic: Option<String>,
    /// Pressed 9.
    pub danger: bool,
    /// Why it is (still, again) open, or how it was discharged.
    pub reason: String,
    /// `morning`, `midday`, `afternoon`, `evening`.
    pub part: Option<String>,
    /// Whether they want to be called, by their own key.
    pub wanted: Option<bool>,
    /// Masked number that they keyed in; empty: an extension.
    pub contact: Option<String>,
    /// From when on it is offered, UTC.
    pub due: Option<String>,
    /// Why then.
    pub plan_reason: Option<String>,
    /// Not offered by itself: `review`, `supervisor`, `do_not_call`.
    pub list: Option<String>,
    /// Why it stands there.
    pub list_reason: Option<String>,
    /// Who wants it next.
    pub claimed_by: Option<String>,
    /// The time that they were told and that is not settled, UTC.
    pub promise: Option<String>,
    /// Attempts so far.
    pub attempts: u32,
    /// The attempt under way.
    pub under_way: Option<String>,
    /// When the last one was made, UTC,
    pub last_attempt: Option<String>,
    /// and what came of it.
    pub last_result: Option<String>,
    /// Who has it in hand, or had it last.
    pub operator: Option<String>,
    /// Who closed it.
    pub discharged_by: Option<String>,
}

/// For the console's header.
#[derive(Debug, Serialize)]
pub struct Status {
    /// Postgres answers.
    pub database: bool,
    /// Records that Postgres has yet to get.
    pub behind: u64,
    /// Obligations open.
    pub open_obligations: u64,
    /// Journeys under way.
    pub journeys: u32,
    /// Operators on shift.
    pub on_shift: u32,
    /// People who were told by when we call and were not called by then.
    pub late_promises: u64,
    /// Callers whom we lost, which must be none; null: Postgres was not asked yet.
    pub lost_callers: Option<u64>,
}

/// What `/try` needs.
#[derive(Clone, Debug, Serialize)]
pub struct TryInfo {
    /// The number that the button dials, and the one of the "after hours" switch.
    pub number: String,
    /// Leads to a service that is closed.
    pub closed_number: String,
}

/// The browser as the worker.
#[derive(Debug, Deserialize)]
pub struct TryCall {
    /// Its offer.
    pub sdp: String,
    /// Use the closed number.
    pub after_hours: bool,
}

/// The call that began.
#[derive(Debug, Serialize)]
pub struct TryAnswer {
    /// Names it.
    pub leg: String,
    /// Ours.
    pub sdp: String,
}

/// Where it stands, whenever that changes.
#[derive(Debug, Serialize)]
pub struct TryState {
    /// `menu`, `waiting`, `ringing`, `talking`, `held`, `ended`.
    pub state: String,
    /// At the end: [`routing::TerminalCause`].
    pub cause: Option<String>,
}
