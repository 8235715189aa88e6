use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use routing::RequestError;

use crate::wire::Problem;

/// Why a request was not carried out; becomes a status and a [`Problem`]. The one list of codes that pages translate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    #[error("name or password is wrong")]
    BadPassword,
    #[error("too many tries; wait and try again")]
    TooManyTries { retry_after_s: u64 },
    #[error("not signed in")]
    SignedOut,
    #[error("not allowed")]
    Forbidden,
    #[error("the request comes from another site")]
    OtherSite,
    #[error("there is no such thing")]
    NotFound,
    #[error("the request could not be read")]
    BadRequest,
    #[error("that took too long")]
    Slow,
    #[error("this cannot be done here")]
    WrongMethod,
    #[error("the request is too large")]
    TooLarge,
    #[error("the database is away")]
    Unavailable,
    #[error("the engine did not answer in time")]
    EngineAway,
    #[error("as many calls as allowed are under way")]
    Busy,
    #[error(transparent)]
    Refused(#[from] RequestError),
}

impl Failure {
    /// The stable word for it.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Failure::BadPassword => "bad_password",
            Failure::TooManyTries { .. } | Failure::Busy => "too_many_tries",
            Failure::SignedOut => "signed_out",
            Failure::Forbidden | Failure::OtherSite => "forbidden",
            Failure::NotFound => "not_found",
            Failure::BadRequest | Failure::WrongMethod | Failure::TooLarge => "bad_request",
            Failure::Unavailable | Failure::EngineAway | Failure::Slow => "unavailable",
            Failure::Refused(error) => refusal_code(error),
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Failure::BadPassword | Failure::SignedOut => StatusCode::UNAUTHORIZED,
            Failure::TooManyTries { .. } | Failure::Busy => StatusCode::TOO_MANY_REQUESTS,
            Failure::Forbidden | Failure::OtherSite => StatusCode::FORBIDDEN,
            Failure::NotFound => StatusCode::NOT_FOUND,
            Failure::BadRequest => StatusCode::BAD_REQUEST,
            Failure::Slow => StatusCode::REQUEST_TIMEOUT,
            Failure::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Failure::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Failure::Unavailable | Failure::EngineAway => StatusCode::SERVICE_UNAVAILABLE,
            Failure::Refused(error) => refusal_status(error),
        }
    }

    fn retry_after_s(self) -> Option<u64> {
        match self {
            Failure::TooManyTries { retry_after_s } => Some(retry_after_s),
            Failure::Busy => Some(10),
            Failure::Unavailable | Failure::EngineAway => Some(5),
            Failure::BadPassword
            | Failure::SignedOut
            | Failure::Forbidden
            | Failure::OtherSite
            | Failure::NotFound
            | Failure::BadRequest
            | Failure::Slow
            | Failure::WrongMethod
            | Failure::TooLarge
            | Failure::Refused(_) => None,
        }
    }
}

fn refusal_code(error: RequestError) -> &'static str {
    match error {
        RequestError::OfferGone => "offer_gone",
        RequestError::WrongState => "wrong_state",
        RequestError::LongEnough => "long_enough",
        RequestError::NoAudio => "no_audio",
        RequestError::UnknownUser => "unknown_user",
        RequestError::UserExists => "user_exists",
        RequestError::UnknownService => "unknown_service",
        RequestError::ColleagueBusy => "colleague_busy",
        RequestError::UnknownQueue => "unknown_queue",
        RequestError::ObligationGone => "obligation_gone",
        RequestError::MayNotDial => "may_not_dial",
        RequestError::NoTrunk => "no_trunk",
        RequestError::ReasonNeeded => "reason_needed",
        RequestError::NotOnePerson => "not_one_person",
        RequestError::UnknownNotice => "unknown_notice",
        RequestError::UnknownHoliday => "unknown_holiday",
        RequestError::HoursOverlap => "hours_overlap",
        RequestError::TimePast => "time_past",
        RequestError::Unwell => "unwell",
    }
}

fn refusal_status(error: RequestError) -> StatusCode {
    match error {
        RequestError::OfferGone
        | RequestError::WrongState
        | RequestError::NoAudio
        | RequestError::UserExists
        | RequestError::ColleagueBusy
        | RequestError::ObligationGone
        | RequestError::MayNotDial
        | RequestError::NoTrunk
        | RequestError::LongEnough
        | RequestError::NotOnePerson => StatusCode::CONFLICT,
        RequestError::UnknownUser
        | RequestError::UnknownQueue
        | RequestError::UnknownService
        | RequestError::UnknownNotice
        | RequestError::UnknownHoliday => StatusCode::NOT_FOUND,
        RequestError::ReasonNeeded | RequestError::HoursOverlap | RequestError::TimePast => StatusCode::BAD_REQUEST,
        RequestError::Unwell => StatusCode::SERVICE_UNAVAILABLE,
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let problem = Problem { code: self.code().to_owned(), message: self.to_string() };
        let mut response = (self.status(), Json(problem)).into_response();
        if let Some(seconds) = self.retry_after_s() {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusals_code_is_its_name_in_json() {
        for error in [
            RequestError::OfferGone,
            RequestError::WrongState,
            RequestError::LongEnough,
            RequestError::NoAudio,
            RequestError::UnknownUser,
            RequestError::UserExists,
            RequestError::UnknownService,
            RequestError::Unwell,
        ] {
            assert_eq!(serde_json::json!(error), serde_json::json!(Failure::Refused(error).code()));
        }
    }
}
