use std::sync::Arc;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use routing::{Permission, Request, RequestKind};

use super::view::view;
use crate::What;
use crate::app::{App, stopped};
use crate::engine::Asked;
use crate::failure::Failure;
use crate::line::{Gone, Goodbye, Line};
use crate::session::Session;
use crate::wire::{DeskView, FromDesk, ToDesk};

/// The most requests of one desk that may wait for their answers.
const UNDER_WAY: usize = 16;

/// Attends to one desk until its socket closes, it is superseded, or its session ends.
pub(crate) async fn attend(app: Arc<App>, session: Session, line: Line) {
    let mut taken = app.desks.take(session.operator());
    let mut board = app.board.clone();
    let mut stopping = app.stopping.clone();
    let mut desk = Desk { app: &app, session, line, shown: None };
    let mut under_way = FuturesUnordered::new();
    board.mark_changed();
    let why = loop {
        let step = tokio::select! {
            _ = &mut taken.superseded => break desk.superseded().await,
            () = stopped(&mut stopping) => break Some(Goodbye::GoingAway),
            changed = board.changed() => match changed {
                Ok(()) => desk.refresh().await,
                Err(_) => break Some(Goodbye::GoingAway),
            },
            Some((id, failure)) = under_way.next(), if !under_way.is_empty() => desk.reply(id, failure).await,
            text = desk.line.read() => match text {
                Ok(text) => match desk.hear(&text, under_way.len()).await {
                    Ok(Some((id, asked))) => {
                        under_way.push(answered(id, asked));
                        Ok(())
                    }
                    Ok(None) => Ok(()),
                    Err(end) => Err(end),
                },
                Err(Gone) => Err(End::Gone),
            },
        };
        match step {
            Ok(()) => {}
            Err(End::Gone) => break None,
            Err(End::Goodbye(why)) => break Some(why),
        }
    };
    if let Some(why) = why {
        desk.line.close(why).await;
    }
}

async fn answered(id: u64, asked: Asked) -> (u64, Option<Failure>) {
    (id, asked.answer().await.err())
}

/// Why a desk is attended to no more.
#[derive(Debug)]
enum End {
    Gone,
    Goodbye(Goodbye),
}

impl From<Gone> for End {
    fn from(Gone: Gone) -> Self {
        End::Gone
    }
}

struct Desk<'a> {
    app: &'a App,
    session: Session,
    line: Line,
    shown: Option<DeskView>,
}

impl Desk<'_> {
    /// Shows what changed, if it concerns this desk; a session that ended closes it.
    async fn refresh(&mut self) -> Result<(), End> {
        let session = Session::check(self.app, self.session.ticket.clone());
        self.session = session.filter(|s| s.may(Permission::TakeCalls)).ok_or(End::Goodbye(Goodbye::Policy))?;
        let now = self.app.now();
        let fresh = view(&self.app.board.borrow(), self.session.operator(), now);
        if self.shown.as_ref().is_some_and(|shown| is_same(shown, &fresh)) {
            return Ok(());
        }
        self.line.say(&ToDesk::View(Box::new(fresh.clone()))).await?;
        self.shown = Some(fresh);
        Ok(())
    }

    /// Takes what the page said. A request goes to the engine at once, so that they stay in order; its answer is waited for apart.
    async fn hear(&mut self, text: &str, under_way: usize) -> Result<Option<(u64, Asked)>, End> {
        let (id, ask) = match serde_json::from_str(text) {
            Ok(FromDesk::Ask { id, ask }) => (id, ask),
            Ok(FromDesk::Ping { id }) => {
                self.line.say(&ToDesk::Pong { id }).await?;
                return Ok(None);
            }
            Err(_) => return Err(End::Goodbye(Goodbye::Policy)),
        };
        if under_way >= UNDER_WAY || !is_for_desks(&ask) {
            let failure = if under_way >= UNDER_WAY { Failure::Busy } else { Failure::Forbidden };
            self.reply(id, Some(failure)).await?;
            return Ok(None);
        }
        let request = Request { by: Some(self.session.operator().clone()), kind: ask };
        match self.app.engine.begin(What::Act(request)).await {
            Ok(asked) => Ok(Some((id, asked))),
            Err(failure) => self.reply(id, Some(failure)).await.map(|()| None),
        }
    }

    async fn reply(&mut self, id: u64, failure: Option<Failure>) -> Result<(), End> {
        let error = failure.map(|failure| failure.code().to_owned());
        Ok(self.line.say(&ToDesk::Reply { id, error }).await?)
    }

    async fn superseded(&mut self) -> Option<Goodbye> {
        self.line.say(&ToDesk::Superseded {}).await.ok().map(|()| Goodbye::Policy)
    }
}

/// The same but for the clock.
fn is_same(shown: &DeskView, fresh: &DeskView) -> bool {
    let now = fresh.now.clone();
    DeskView { now, ..shown.clone() } == *fresh
}

/// Whether an operator may ask this at a desk; the rest is for administrators and the command line.
fn is_for_desks(ask: &RequestKind) -> bool {
    match ask {
        RequestKind::Ready {}
        | RequestKind::NotReady { .. }
        | RequestKind::EndShift {}
        | RequestKind::Accept { .. }
        | RequestKind::Decline { .. }
        | RequestKind::HangUp {}
        | RequestKind::Hold { .. }
        | RequestKind::Mute { .. }
        | RequestKind::Key { .. }
        | RequestKind::Outcome { .. }
        | RequestKind::ExtendWrapUp {}
        | RequestKind::FinishWrapUp {} => true,
        RequestKind::AddUser { .. }
        | RequestKind::DisableUser { .. }
        | RequestKind::SetPassword { .. }
        | RequestKind::SwitchService { .. } => false,
    }
}
