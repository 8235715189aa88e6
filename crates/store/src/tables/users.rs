use base::{OperatorId, Timestamp};
use routing::{Event, Record, Role, Skill};
use serde::Serialize;
use sqlx::types::Json;
use sqlx::{Postgres, Transaction};

use super::events::Readable;
use crate::StoreError;
use crate::utc::Utc;

/// A row of `helpline.users`, column by column.
#[derive(Clone, Debug, Serialize)]
struct User {
    operator: OperatorId,
    name: String,
    roles: Vec<Role>,
    skills: Vec<Skill>,
    added: Timestamp,
    disabled: Option<Timestamp>,
}

/// Applies what a batch says about users, one by one: it is seldom anything.
pub(crate) async fn fold(tx: &mut Transaction<'_, Postgres>, records: &[Readable]) -> Result<(), StoreError> {
    for row in records {
        if let Some(user) = added(&row.record) {
            add(tx, user).await?;
        }
        if let Event::UserDisabled { operator, .. } = &row.record.event {
            disable(tx, operator, row.record.utc).await?;
        }
    }
    Ok(())
}

fn added(record: &Record) -> Option<User> {
    let Event::UserAdded { user, .. } = &record.event else { return None };
    Some(User {
        operator: user.operator.clone(),
        name: user.name.clone(),
        roles: user.roles.clone(),
        skills: user.skills.clone(),
        added: record.utc,
        disabled: None,
    })
}

async fn add(tx: &mut Transaction<'_, Postgres>, user: User) -> Result<(), StoreError> {
    sqlx::query!(
        "INSERT INTO helpline.users SELECT * FROM jsonb_populate_record(NULL::helpline.users, $1)
         ON CONFLICT (operator) DO UPDATE SET
            name = EXCLUDED.name, roles = EXCLUDED.roles, skills = EXCLUDED.skills, disabled = NULL",
        Json(user) as _,
    )
    .execute(&mut **tx)
    .await
    .map_err(StoreError::database("save a user"))?;
    Ok(())
}

async fn disable(tx: &mut Transaction<'_, Postgres>, operator: &OperatorId, utc: Timestamp) -> Result<(), StoreError> {
    sqlx::query!("UPDATE helpline.users SET disabled = $2 WHERE operator = $1", operator.0, Utc(utc) as _)
        .execute(&mut **tx)
        .await
        .map_err(StoreError::database("disable a user"))?;
    Ok(())
}
