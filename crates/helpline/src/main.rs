//! The helpline engine: takes calls, finds operators, owes callbacks.

mod alaw;
mod carrier;
mod cli;
mod clock;
mod commands;
mod config;
mod control;
mod data;
mod database;
mod letters;
mod logging;
mod net;
mod pages;
mod past;
mod run;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command, UserCommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let place = cli.place;
    let done = match cli.command {
        Command::Serve(args) => commands::serve::run(&place, &args),
        Command::Check => commands::check::run(&place),
        Command::Migrate => commands::migrate::run(&place),
        Command::Staff(args) => commands::staff::run(&place, &args),
        Command::User { command: UserCommand::Add(args) } => commands::user::add(&place, args),
        Command::User { command: UserCommand::List { json } } => commands::user::list(&place, json),
        Command::User { command: UserCommand::Disable { name } } => commands::user::disable(&place, name),
        Command::Operators { json } => commands::operators::run(&place, json),
        Command::Trunks { json } => commands::trunks::run(&place, json),
        Command::Calls { json, limit } => commands::calls::run(&place, json, limit),
        Command::Trace { journey, json } => commands::trace::run(&place, journey, json),
        Command::Why { journey, lang, json } => commands::why::run(&place, journey, lang.as_deref(), json),
        Command::Replay { until, json } => commands::replay::run(&place, until, json),
        Command::Probe(args) => commands::probe::run(&place, &args),
        Command::Hours(args) => commands::hours::run(&place, args),
        Command::Close(args) => commands::hours::close(&place, args),
        Command::Open(args) => commands::hours::open(&place, args),
        Command::Rota(args) => commands::rota::run(&place, args),
        Command::Simulate(args) => commands::simulate::run(&place, &args),
        Command::Reconcile { carrier: Some(file), tolerance_s, dry_run, json } => {
            commands::reconcile::carrier(&place, &file, tolerance_s, dry_run, json)
        }
        Command::Reconcile { carrier: None, json, .. } => commands::reconcile::run(&place, json),
    };
    commands::exit(done)
}
