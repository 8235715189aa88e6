use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::{FromRequestParts, OptionalFromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use base::OperatorId;
use routing::{Permission, Role, User};

use super::{Ticket, password_version};
use crate::app::App;
use crate::failure::Failure;

/// Someone signed in, as the board knows them at this moment.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) ticket: Ticket,
    pub(crate) user: User,
}

impl Session {
    /// Reads the cookie and holds it against the board: a disabled user and an old password end it.
    pub(crate) fn read(app: &App, headers: &HeaderMap) -> Option<Session> {
        let now = app.now();
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let ticket = cookies.filter_map(|value| app.signer.read(value, now)).next()?;
        Session::check(app, ticket)
    }

    /// Whether the ticket still holds.
    pub(crate) fn check(app: &App, ticket: Ticket) -> Option<Session> {
        let user = {
            let board = app.board.borrow();
            let account = board.account(&ticket.operator).filter(|account| !account.disabled)?;
            (password_version(&account.password) == ticket.password).then(|| account.user.clone())?
        };
        (!app.has_ended(&ticket)).then_some(Session { ticket, user })
    }

    pub(crate) fn operator(&self) -> &OperatorId {
        &self.user.operator
    }

    /// Whether one of the roles holds the permission.
    pub(crate) fn may(&self, permission: Permission) -> bool {
        may(&self.user.roles, permission)
    }
}

fn may(roles: &[Role], permission: Permission) -> bool {
    roles.iter().any(|role| role.may(permission))
}

/// Reads the session once per request, and renews a cookie that was used.
pub(crate) async fn attach(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    let session = Session::read(&app, request.headers());
    let stale = session.as_ref().map(|session| session.ticket.clone()).filter(|ticket| ticket.is_stale(app.now()));
    if let Some(session) = session {
        request.extensions_mut().insert(session);
    }
    let mut response = next.run(request).await;
    if let Some(ticket) = stale.filter(|ticket| !app.has_ended(ticket)) {
        renew(&app, &ticket, response.headers_mut());
    }
    response
}

fn renew(app: &App, ticket: &Ticket, headers: &mut HeaderMap) {
    if headers.contains_key(header::SET_COOKIE) {
        return;
    }
    if let Ok(value) = HeaderValue::from_str(&app.signer.set_cookie(&ticket.renewed(app.now()))) {
        headers.insert(header::SET_COOKIE, value);
    }
}

impl FromRequestParts<Arc<App>> for Session {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Self, Failure> {
        parts.extensions.get::<Session>().cloned().ok_or(Failure::SignedOut)
    }
}

impl OptionalFromRequestParts<Arc<App>> for Session {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Arc<App>) -> Result<Option<Self>, Infallible> {
        Ok(parts.extensions.get::<Session>().cloned())
    }
}

/// A session of someone who may work at a desk.
#[derive(Debug)]
pub(crate) struct DeskSession(pub(crate) Session);

impl FromRequestParts<Arc<App>> for DeskSession {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        permitted(parts, app, Permission::TakeCalls).await.map(DeskSession)
    }
}

/// A session of someone who may read the log.
#[derive(Debug)]
pub(crate) struct LogSession;

impl FromRequestParts<Arc<App>> for LogSession {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        permitted(parts, app, Permission::ReadLog).await.map(|_| LogSession)
    }
}

/// A session of someone who keeps the hours and says who works when.
#[derive(Debug)]
pub(crate) struct HoursSession(pub(crate) Session);

impl FromRequestParts<Arc<App>> for HoursSession {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        permitted(parts, app, Permission::SwitchHours).await.map(HoursSession)
    }
}

/// A session of someone who may close, plan and mark what we owe.
#[derive(Debug)]
pub(crate) struct KeepSession(pub(crate) Session);

impl FromRequestParts<Arc<App>> for KeepSession {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Failure> {
        permitted(parts, app, Permission::KeepCallbacks).await.map(KeepSession)
    }
}

async fn permitted(parts: &mut Parts, app: &Arc<App>, permission: Permission) -> Result<Session, Failure> {
    let session = <Session as FromRequestParts<_>>::from_request_parts(parts, app).await?;
    if session.may(permission) { Ok(session) } else { Err(Failure::Forbidden) }
}
