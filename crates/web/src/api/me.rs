use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use routing::{Role, User};

use crate::app::App;
use crate::session::Session;
use crate::wire::Me;

/// GET `/api/session`.
pub(crate) async fn me(State(app): State<Arc<App>>, session: Session) -> Json<Me> {
    Json(about(&app, &session.user))
}

/// What someone is told of themselves.
pub(crate) fn about(app: &App, user: &User) -> Me {
    Me {
        operator: user.operator.to_string(),
        name: user.name.clone(),
        roles: user.roles.iter().map(|role| role_name(*role).to_owned()).collect(),
        trial: app.trial.is_some(),
        lines: app.targets.lines.clone(),
        referrals: app.targets.referrals.clone(),
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::Operator => "operator",
        Role::Supervisor => "supervisor",
        Role::Administrator => "administrator",
    }
}
