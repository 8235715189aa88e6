//! `helpline user`.

use std::io::Read;
use std::process::ExitCode;

use base::OperatorId;
use routing::{Language, Role, Skill, User};

use super::{Failure, ask, say, table};
use crate::cli::{Place, UserAddArgs};
use crate::config::is_skill;
use crate::control::Command;
use crate::data::entropy;

/// The shortest password that is taken from people.
const SHORTEST: usize = 10;

/// Letters of made-up passwords: none that are mistaken for another.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Gives someone an account.
pub(crate) fn add(place: &Place, args: UserAddArgs) -> Result<ExitCode, Failure> {
    let user = user(&args)?;
    let (password, made_up) = if args.password_stdin { (read_password()?, false) } else { (make_password()?, true) };
    let hash = web::hash_password(&password)?;
    ask(place, Command::AddUser { user, password: hash })?;
    say(&format!("{} may sign in", args.name));
    if made_up {
        say(&format!("password: {password}"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Shows everyone who may sign in.
pub(crate) fn list(place: &Place, json: bool) -> Result<ExitCode, Failure> {
    let value = ask(place, Command::Users)?;
    if json {
        say(&value.to_string());
        return Ok(ExitCode::SUCCESS);
    }
    let rows: Vec<Vec<String>> = value
        .as_array()
        .into_iter()
        .flatten()
        .map(|row| {
            let list = |key: &str| {
                let items = row[key].as_array().into_iter().flatten().filter_map(|item| item.as_str());
                items.collect::<Vec<_>>().join(" ")
            };
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            let disabled = if row["disabled"].as_bool().unwrap_or(false) { "disabled" } else { "" };
            vec![text("operator"), text("name"), list("roles"), list("skills"), disabled.to_owned()]
        })
        .collect();
    say(&table(&["NAME", "SHOWN AS", "ROLES", "SKILLS", ""], &rows));
    Ok(ExitCode::SUCCESS)
}

/// Takes an account away.
pub(crate) fn disable(place: &Place, name: String) -> Result<ExitCode, Failure> {
    ask(place, Command::DisableUser { operator: OperatorId(name.clone()) })?;
    say(&format!("{name} may not sign in any more"));
    Ok(ExitCode::SUCCESS)
}

fn user(args: &UserAddArgs) -> Result<User, Failure> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_');
    if args.name.is_empty() || args.name.len() > 32 || !args.name.chars().all(fits) {
        return Err("a login name has 1 to 32 small letters, digits, - and _".into());
    }
    let roles = args.roles.iter().map(|role| parse_role(role)).collect::<Result<Vec<_>, _>>()?;
    let mut languages = args.languages.clone();
    if languages.is_empty() && roles.contains(&Role::Operator) {
        languages = vec!["zh-CN".to_owned(), "en".to_owned()];
    }
    let languages = languages.into_iter().map(|language| Skill::language(&Language(language)));
    if let Some(wrong) = args.skills.iter().find(|skill| !is_skill(skill)) {
        return Err(format!("{wrong} is no skill; there are those like lang:yue, topic:wages and topic:wages=2").into());
    }
    let skills = languages.chain(args.skills.iter().cloned().map(Skill)).collect();
    let name = args.display.clone().unwrap_or_else(|| args.name.clone());
    Ok(User { operator: OperatorId(args.name.clone()), name, roles, skills })
}

fn parse_role(text: &str) -> Result<Role, Failure> {
    match text {
        "operator" => Ok(Role::Operator),
        "supervisor" => Ok(Role::Supervisor),
        "administrator" | "admin" => Ok(Role::Administrator),
        other => Err(format!("there is no role {other}; there are operator, supervisor, administrator").into()),
    }
}

fn read_password() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin().take(1024).read_to_string(&mut text)?;
    let password = text.trim_end_matches(['\r', '\n']);
    if password.chars().count() < SHORTEST {
        return Err(format!("a password has at least {SHORTEST} characters").into());
    }
    Ok(password.to_owned())
}

/// 16 letters of 5 bits: 80 bits of entropy.
fn make_password() -> Result<String, Failure> {
    let bytes: [u8; 16] = entropy(std::path::Path::new("a password"))?;
    let letters: String = bytes.iter().map(|byte| char::from(LETTERS[usize::from(byte % 32)])).collect();
    Ok([&letters[..4], &letters[4..8], &letters[8..12], &letters[12..]].join("-"))
}
