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
        | RequestKind::Transfer { .. }
        | RequestKind::Consult { .. }
        | RequestKind::SwapConsult {}
        | RequestKind::Conference {}
        | RequestKind::CancelConsult {}
        | RequestKind::CompleteConsult {}
        | RequestKind::Key { .. }
        | RequestKind::KeyExtension {}
        | RequestKind::Outcome { .. }
        | RequestKind::ExtendWrapUp {}
        | RequestKind::ClaimObligation { .. }
        | RequestKind::SamePerson { .. }
        | RequestKind::DoNotCall { .. }
        | RequestKind::FinishWrapUp {} => true,
        RequestKind::AddUser { .. }
        | RequestKind::DisableUser { .. }
        | RequestKind::SetPassword { .. }
        | RequestKind::CloseObligation { .. }
        | RequestKind::PlanCallback { .. }
        | RequestKind::FlagNumber { .. }
        | RequestKind::OweCarrierCall { .. }
        | RequestKind::SwitchService { .. }
        | RequestKind::SetRota { .. }
        | RequestKind::ConfirmHoliday { .. } => false,
    }
}

#[cfg(test)]
mod tests {
    use base::OperatorId;
    use routing::{Event, OperatorState, RequestError};
    use serde_json::json;

    use crate::fake::{House, Page, arrived, changed, journey, leg, offer, queued, ringing};

    const SOCKET: &str = "/api/desk/socket";

    async fn desk(house: &House) -> (std::net::SocketAddr, String, Page) {
        let address = house.listen();
        let cookie = house.sign_in("li").await;
        let page = Page::open(address, SOCKET, &cookie).await;
        (address, cookie, page)
    }

    #[tokio::test]
    async fn shows_the_view_at_once_and_whenever_it_changes() {
        let house = House::new().await;
        let (_, _, mut page) = desk(&house).await;
        let first = page.hear().await.unwrap();
        assert_eq!((&first["type"], &first["state"]), (&json!("view"), &json!("offline")));

        house.commit([arrived(1, leg(1))]).await;
        house.commit([changed("chen", OperatorState::Offline)]).await;
        house.commit(queued(1)).await;
        let waiting = page.hear().await.unwrap();
        assert_eq!(waiting["queue"]["waiting"], 1, "what did not concern this desk was not sent: {waiting}");

        house.commit_at_once(ringing(1, "li"));
        let mut view = page.hear().await.unwrap();
        while view["state"] != "offered" {
            view = page.hear().await.unwrap();
        }
        assert_eq!(
            view["offer"],
            json!({
                "offer": offer(1).to_string(), "journey": journey(1).to_string(), "until": "2027-01-15T08:00:20Z",
                "caller": {
                    "masked": "139****8096", "language": "yue", "topic": null, "danger": false,
                    "waiting_since": "2027-01-15T07:59:00Z", "returned": false
                }
            })
        );
    }

    #[tokio::test]
    async fn what_is_asked_reaches_the_engine_in_the_operators_name_and_is_answered_with_its_id() {
        let mut house = House::new().await;
        let (_, _, mut page) = desk(&house).await;
        page.say(r#"{"type":"ask","id":7,"ask":{"do":"accept","offer":"o1.1.1"}}"#).await;
        assert_eq!(page.hear_type("reply").await, json!({ "type": "reply", "id": 7, "error": null }));
        assert_eq!(house.asked("Act").await, "Act(Request { by: Some(li), kind: Accept { offer: o1.1.1 } })");
        house.refuse(RequestError::OfferGone);
        page.say(r#"{"type":"ask","id":8,"ask":{"do":"accept","offer":"o1.1.1"}}"#).await;
        assert_eq!(page.hear_type("reply").await["error"], "offer_gone");
        page.say(r#"{"type":"ping","id":9}"#).await;
        assert_eq!(page.hear_type("pong").await["id"], 9);
    }

    #[tokio::test]
    async fn a_desk_may_not_do_what_administrators_do() {
        let mut house = House::new().await;
        let (_, _, mut page) = desk(&house).await;
        for ask in [
            r#"{"do":"disable_user","operator":"wang"}"#,
            r#"{"do":"set_password","operator":"wang","password":"x"}"#,
            r#"{"do":"switch_service","service":"helpline","closed":true}"#,
        ] {
            page.say(&format!(r#"{{"type":"ask","id":1,"ask":{ask}}}"#)).await;
            assert_eq!(page.hear_type("reply").await["error"], "forbidden", "{ask}");
        }
        assert!(house.all_asked().iter().all(|asked| !asked.contains("Act")));
    }

    #[tokio::test]
    async fn the_newest_desk_supersedes_and_the_engine_is_told_of_the_first_and_the_last() {
        let mut house = House::new().await;
        let (address, cookie, mut first) = desk(&house).await;
        first.hear_type("view").await;
        house.asked("DeskSocket { operator: li, up: true }").await;
        let mut second = Page::open(address, SOCKET, &cookie).await;
        second.hear_type("view").await;
        first.hear_type("superseded").await;
        first.closes().await;
        second.say(r#"{"type":"ping","id":1}"#).await;
        second.hear_type("pong").await;
        assert!(house.all_asked().iter().all(|asked| !asked.contains("DeskSocket")), "one of them is still there");
        drop(second);
        house.asked("DeskSocket { operator: li, up: false }").await;
    }

    #[tokio::test]
    async fn a_user_who_is_disabled_loses_the_socket() {
        let house = House::new().await;
        let (_, _, mut page) = desk(&house).await;
        page.hear_type("view").await;
        house.commit([Event::UserDisabled { operator: OperatorId("li".into()), by: None }]).await;
        page.closes().await;
    }

    #[tokio::test]
    async fn a_desk_that_falls_silent_is_given_up_after_ten_seconds() {
        let mut house = House::new().await;
        let (_, _, mut page) = desk(&house).await;
        page.hear_type("view").await;
        house.asked("up: true").await;
        tokio::time::pause(); // from here time leaps to the next timer; the page reads nothing, so it answers no ping
        let fell_silent = tokio::time::Instant::now();
        house.asked("DeskSocket { operator: li, up: false }").await;
        assert!(fell_silent.elapsed() <= std::time::Duration::from_secs(11));
    }

    #[tokio::test]
    async fn nonsense_closes_the_socket_and_so_does_the_servers_end() {
        let house = House::new().await;
        let (address, cookie, mut page) = desk(&house).await;
        page.say("{").await;
        page.closes().await;
        let mut page = Page::open(address, SOCKET, &cookie).await;
        page.hear_type("view").await;
        house.stop();
        page.closes().await;
    }

    #[tokio::test]
    async fn another_sites_page_gets_no_socket() {
        let house = House::new().await;
        let (address, cookie, _page) = desk(&house).await;
        assert!(Page::try_open(address, SOCKET, &cookie, "https://evil.example").await.is_err());
    }
}
