//! HTTP, WebSocket, log-in and the pages. Shows what was decided, asks for what people want; decides nothing.

mod ask;
pub mod wire;

pub use ask::{Answer, Ask, What};
