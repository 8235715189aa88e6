use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base::{OperatorId, Timestamp};
use tokio::sync::watch;

