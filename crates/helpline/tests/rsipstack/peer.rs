//! rsipstack as a party: it calls, and it answers.

use std::net::SocketAddr;
use std::sync::Arc;

use rsipstack::EndpointBuilder;
use rsipstack::dialog::dialog::{DialogState, DialogStateReceiver, DialogStateSender};
use rsipstack::dialog::dialog_layer::DialogLayer;
use rsipstack::dialog::invitation::InviteOption;
use rsipstack::dialog::invite_dialog::InviteDialog;
use rsipstack::platform::CancellationToken;
use rsipstack::sip::{Header, Method, StatusCode, Uri};
use rsipstack::transaction::TransactionReceiver;
use rsipstack::transaction::endpoint::TargetLocator;
use rsipstack::transport::udp::UdpConnection;
use rsipstack::transport::{SipAddr, TransportLayer};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::link::{Link, Weather};

/// An offer or an answer of G.711.
pub(crate) fn sdp(version: u32, direction: &str) -> Vec<u8> {
    format!(
        "v=0\r\no=- 7 {version} IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 40990 RTP/AVP 8 101\r\n\
         a=rtpmap:8 PCMA/8000\r\na=rtpmap:101 telephone-event/8000\r\na={direction}\r\n"
    )
    .into_bytes()
}

/// Everything goes through the link, wherever a Contact points.
struct Through(SipAddr);

#[async_trait::async_trait]
impl TargetLocator for Through {
    async fn locate(&self, _uri: &Uri) -> rsipstack::Result<SipAddr> {
        Ok(self.0.clone())
    }
}

/// A party behind a link to the engine.
pub(crate) struct Peer {
    dialogs: Arc<DialogLayer>,
    pub(crate) link: Link,
    engine: SocketAddr,
    states: DialogStateSender,
    ends: CancellationToken,
}

/// What happens to a party's calls.
pub(crate) struct Happenings(UnboundedReceiver<DialogState>);

impl Peer {
    /// Begins. What comes in is answered: `answers` says whether a call is taken.
    pub(crate) async fn open(engine: SocketAddr, seed: u64, weather: Weather, answers: bool) -> (Peer, Happenings) {
        let ends = CancellationToken::new();
        let socket = UdpConnection::create_connection("127.0.0.1:0".parse().unwrap(), None, Some(ends.child_token()));
        let socket = socket.await.unwrap();
        let own = socket.get_addr().get_socketaddr().unwrap();
        let link = Link::open(own, engine, seed, weather).await;
        let transport = TransportLayer::new(ends.clone());
        transport.add_transport(socket.into());
        let endpoint = EndpointBuilder::new()
            .with_cancel_token(ends.clone())
            .with_transport_layer(transport)
            .with_target_locator(Box::new(Through(link.near.into())))
            .build();
        let incoming = endpoint.incoming_transactions().unwrap();
        let dialogs = Arc::new(DialogLayer::new(endpoint.inner.clone()));
        let (states, happened) = dialogs.new_dialog_state_channel();
        tokio::spawn(async move { endpoint.serve().await });
        let peer = Peer { dialogs: dialogs.clone(), link, engine, states: states.clone(), ends };
        tokio::spawn(serve(dialogs.clone(), incoming, states, peer.contact("operator")));
        (peer, follow(dialogs, happened, answers))
    }

    /// Where the engine finds us.
    pub(crate) fn contact(&self, user: &str) -> Uri {
        Uri::try_from(format!("sip:{user}@{}", self.link.far).as_str()).unwrap()
    }

    /// What a call of `number` to `dialled` is made of.
    pub(crate) fn invitation(&self, number: &str, dialled: &str) -> InviteOption {
        InviteOption {
            caller: Uri::try_from(format!("sip:{number}@carrier.example").as_str()).unwrap(),
            callee: Uri::try_from(format!("sip:{dialled}@{}", self.engine).as_str()).unwrap(),
            contact: self.contact("carrier"),
            content_type: Some("application/sdp".to_owned()),
            offer: Some(sdp(1, "sendrecv")),
            ..InviteOption::default()
        }
    }

    /// Calls, and waits for the answer.
    pub(crate) async fn call(&self, number: &str, dialled: &str) -> (InviteDialog, StatusCode) {
        let invitation = self.invitation(number, dialled);
        let (dialog, answer) = self.dialogs.do_invite(invitation, self.states.clone()).await.unwrap();
        (dialog, answer.unwrap().status_code)
    }

    /// Calls and wants it back at once: CANCEL goes as soon as there is an answer of any kind (RFC 3261 §9.1).
    pub(crate) async fn call_and_cancel(&self, number: &str, dialled: &str) {
        let invitation = self.invitation(number, dialled);
        let (dialog, answered) = self.dialogs.do_invite_async(invitation, self.states.clone()).unwrap();
        dialog.cancel().await.unwrap();
        // 487, or a 200 that rsipstack ends with a BYE: who was faster shows in the journal.
        let _ = answered.await.unwrap();
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.ends.cancel();
    }
}

/// A re-INVITE, answered with 200 (after 491 it is tried again, RFC 3261 §14.1); its direction in our answer.
pub(crate) async fn reinvite(dialog: &InviteDialog, version: u32, direction: &str) -> String {
    let typed = vec![Header::ContentType("application/sdp".into())];
    let answer =
        dialog.reinvite_with_glare_retry(Some(typed), Some(sdp(version, direction)), 5).await.unwrap().unwrap();
    assert_eq!(answer.status_code, StatusCode::OK);
    let body = String::from_utf8(answer.body).unwrap();
    let directions = ["sendrecv", "sendonly", "recvonly", "inactive"];
    let line = body.lines().find_map(|line| line.strip_prefix("a=").filter(|line| directions.contains(line)));
    line.unwrap_or("sendrecv").to_owned()
}

/// A key by INFO.
pub(crate) async fn press(dialog: &InviteDialog, key: char) {
    let typed = vec![Header::ContentType("application/dtmf-relay".into())];
    let body = format!("Signal={key}\r\nDuration=160\r\n").into_bytes();
    let answer = dialog.info(Some(typed), Some(body)).await.unwrap().unwrap();
    assert_eq!(answer.status_code, StatusCode::OK);
}

/// Hands each request to its dialog.
async fn serve(dialogs: Arc<DialogLayer>, mut incoming: TransactionReceiver, states: DialogStateSender, contact: Uri) {
    while let Some(mut tx) = incoming.recv().await {
        let dialog = dialogs.match_dialog(&tx);
        let begins = tx.original.method == Method::Invite && dialog.is_none();
        let (dialogs, states, contact) = (dialogs.clone(), states.clone(), contact.clone());
        tokio::spawn(async move {
            match dialog {
                Some(mut dialog) => drop(dialog.handle(&mut tx).await),
                None if begins => {
                    let mut dialog = dialogs.get_or_create_server_invite(&tx, states, None, Some(contact)).unwrap();
                    drop(dialog.handle(&mut tx).await);
                }
                None => drop(tx.reply(StatusCode::CallTransactionDoesNotExist).await),
            }
        });
    }
}

/// Answers calls, and tells on what happens.
fn follow(dialogs: Arc<DialogLayer>, mut happened: DialogStateReceiver, answers: bool) -> Happenings {
    let (tell, told) = unbounded_channel();
    tokio::spawn(async move {
        while let Some(state) = happened.recv().await {
            if let DialogState::Calling(id) = &state
                && let Some(rsipstack::dialog::dialog::Dialog::Invite(call)) = dialogs.get_dialog(id)
                && call.role() == rsipstack::transaction::key::TransactionRole::Server
            {
                call.ringing(None, None).unwrap();
                if answers {
                    let typed = vec![Header::ContentType("application/sdp".into())];
                    call.accept(Some(typed), Some(sdp(1, "sendrecv"))).unwrap();
                }
            }
            // Nobody may listen any more.
            let _ = tell.send(state);
        }
    });
    Happenings(told)
}

impl Happenings {
    /// Waits for the end of a call.
    pub(crate) async fn terminated(&mut self) {
        self.until("the end of a call", |state| matches!(state, DialogState::Terminated(..))).await;
    }

    /// Waits until a call to us rings.
    pub(crate) async fn rings(&mut self) {
        self.until("a call", |state| matches!(state, DialogState::Calling(_))).await;
    }

    async fn until(&mut self, what: &str, wanted: impl Fn(&DialogState) -> bool) {
        let found = async { while !wanted(&self.0.recv().await.unwrap()) {} };
        tokio::time::timeout(std::time::Duration::from_secs(20), found)
            .await
            .unwrap_or_else(|_| panic!("{what} never came"));
    }
}
