use axum::Json;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::StatusCode;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use crate::failure::Failure;
use crate::line::LONGEST_MESSAGE;

/// A JSON body. What was wrong with one is not told in detail: the words could repeat what stood in it.
#[derive(Debug)]
pub(crate) struct Body<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        match Json::<T>::from_request(request, state).await {
            Ok(Json(body)) => Ok(Body(body)),
            Err(rejection) if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE => Err(Failure::TooLarge),
            Err(_) => Err(Failure::BadRequest),
        }
    }
}

/// The terms of a query.
#[derive(Debug)]
pub(crate) struct Terms<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Terms<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let terms = Query::from_request_parts(parts, state).await;
        terms.map(|Query(terms)| Terms(terms)).map_err(|_| Failure::BadRequest)
    }
}

/// Each socket keeps a buffer of this size for a whole shift; what desks say is far shorter, and it grows for what is not.
const READ_AT_ONCE: usize = 4 * 1024;

/// A WebSocket to be, with our limits.
#[derive(Debug)]
pub(crate) struct Upgrade(pub(crate) WebSocketUpgrade);

impl<S: Send + Sync> FromRequestParts<S> for Upgrade {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let upgrade = WebSocketUpgrade::from_request_parts(parts, state).await.map_err(|_| Failure::BadRequest)?;
        let bounded = upgrade.max_message_size(LONGEST_MESSAGE).max_frame_size(LONGEST_MESSAGE);
        Ok(Upgrade(bounded.read_buffer_size(READ_AT_ONCE)))
    }
}
