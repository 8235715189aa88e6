//! Looks names up for trunks (RFC 3263): the questions come from the engine, and what is found goes back to it.
//!
//! The engine keeps what it was told for as long as that may be believed; here nothing is kept.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use hickory_resolver::config::{ConnectionConfig, NameServerConfig, ProtocolConfig, ResolverConfig, ResolverOpts};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::{DnsError, NetError};
use hickory_resolver::proto::rr::{RData, Record, RecordType};
use hickory_resolver::{Resolver, TokioResolver};
use sip::{LookedUp, Question, RecordKind, ResourceRecord};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::run::node::{EngineHandle, Told};

/// One server is asked again after this; a trunk that waits for a name has little more patience.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// How long it stands that a name has no such records, where nobody says.
const NOTHING_S: u32 = 60;

/// Answers questions on a thread of its own until the engine has gone. `servers`: empty for those of the system.
pub(crate) fn start(
    servers: Vec<SocketAddr>,
    questions: UnboundedReceiver<Question>,
    engine: EngineHandle,
) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let serve = move || runtime.block_on(serve(servers, questions, engine));
    std::thread::Builder::new().name("names".to_owned()).spawn(serve).map(drop)
}

async fn serve(servers: Vec<SocketAddr>, mut questions: UnboundedReceiver<Question>, engine: EngineHandle) {
    // Made when it is first needed: most trunks have addresses.
    let Some(mut question) = questions.recv().await else { return };
    let resolver = match resolver(&servers) {
        Ok(resolver) => Some(resolver),
        Err(error) => {
            tracing::error!(%error, "no names can be looked up: trunks whose send_to has a host name cannot be reached");
            None
        }
    };
    loop {
        let (resolver, engine) = (resolver.clone(), engine.clone());
        tokio::spawn(async move {
            let found = match &resolver {
                Some(resolver) => look_up(resolver, &question).await,
                None => LookedUp::Failed,
            };
            engine.tell(Told::LookedUp { question, found });
        });
        question = match questions.recv().await {
            Some(question) => question,
            None => return,
        };
    }
}

fn resolver(servers: &[SocketAddr]) -> Result<TokioResolver, NetError> {
    let mut builder = if servers.is_empty() {
        TokioResolver::builder_tokio()?
    } else {
        let servers = servers.iter().map(|server| {
            let connection = |protocol| {
                let mut connection = ConnectionConfig::new(protocol);
                connection.port = server.port();
                connection
            };
            NameServerConfig::new(
                server.ip(),
                true,
                vec![connection(ProtocolConfig::Udp), connection(ProtocolConfig::Tcp)],
            )
        });
        let config = ResolverConfig::from_parts(None, Vec::new(), servers.collect());
        Resolver::builder_with_config(config, TokioRuntimeProvider::default())
    };
    let options: &mut ResolverOpts = builder.options_mut();
    options.cache_size = 0;
    options.timeout = PATIENCE;
    builder.build()
}

async fn look_up(resolver: &TokioResolver, question: &Question) -> LookedUp {
    // With the dot at its end: no domain of ours is tried behind it.
    let name = format!("{}.", question.name.trim_end_matches('.'));
    match resolver.lookup(name, record_type(question.kind)).await {
        Ok(found) => {
            let answers = found.answers();
            let ttl_s = answers.iter().map(|record| record.ttl).min().unwrap_or(NOTHING_S);
            LookedUp::Found { records: answers.iter().filter_map(record).collect(), ttl_s }
        }
        Err(NetError::Dns(DnsError::NoRecordsFound(none))) => {
            LookedUp::Found { records: Vec::new(), ttl_s: none.negative_ttl.unwrap_or(NOTHING_S) }
        }
        Err(error) => {
            tracing::warn!(name = question.name, kind = ?question.kind, %error, "failed to look a trunk's name up");
            LookedUp::Failed
        }
    }
}

fn record_type(kind: RecordKind) -> RecordType {
    match kind {
        RecordKind::A => RecordType::A,
        RecordKind::Aaaa => RecordType::AAAA,
        RecordKind::Srv => RecordType::SRV,
        RecordKind::Naptr => RecordType::NAPTR,
    }
}

/// What trunks are found by; of an alias only what it leads to.
fn record(record: &Record) -> Option<ResourceRecord> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if let RData::A(address) = &record.data {
        return Some(ResourceRecord::Address(address.0.into()));
    }
    if let RData::AAAA(address) = &record.data {
        return Some(ResourceRecord::Address(address.0.into()));
    }
    if let RData::SRV(srv) = &record.data {
        let (priority, weight, port, target) = (srv.priority, srv.weight, srv.port, srv.target.to_ascii());
        return Some(ResourceRecord::Srv { priority, weight, port, target });
    }
    let RData::NAPTR(naptr) = &record.data else { return None };
    Some(ResourceRecord::Naptr {
        order: naptr.order,
        preference: naptr.preference,
        flags: text(&naptr.flags),
        service: text(&naptr.services),
        replacement: naptr.replacement.to_ascii(),
    })
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use hickory_resolver::proto::op::{Message, MessageType, ResponseCode};
    use hickory_resolver::proto::rr::Name;
    use hickory_resolver::proto::rr::rdata::{A, NAPTR, SRV};
    use tokio::net::UdpSocket;

    use super::*;

    /// A name server on loopback that knows one carrier, and cannot answer for `broken.example`.
    async fn name_server() -> SocketAddr {
        let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
        let at = socket.local_addr().unwrap();
        tokio::spawn(async move {
            let mut buffer = [0; 512];
            while let Ok((len, from)) = socket.recv_from(&mut buffer).await {
                let asked = Message::from_vec(&buffer[..len]).unwrap();
                let answer = answer(&asked).to_vec().unwrap();
                socket.send_to(&answer, from).await.unwrap();
            }
        });
        at
    }

    fn answer(asked: &Message) -> Message {
        let query = asked.queries.first().unwrap().clone();
        let name = |text: &str| Name::from_ascii(text).unwrap();
        let data = match (query.name().to_ascii().as_str(), query.query_type()) {
            ("carrier.example.", RecordType::NAPTR) => Some(RData::NAPTR(NAPTR::new(
                10,
                20,
                b"s".to_vec().into(),
                b"SIP+D2U".to_vec().into(),
                Vec::new().into(),
                name("_sip._udp.carrier.example."),
            ))),
            ("_sip._udp.carrier.example.", RecordType::SRV) => {
                Some(RData::SRV(SRV::new(1, 2, 5080, name("a.carrier.example."))))
            }
            ("a.carrier.example.", RecordType::A) => Some(RData::A(A(Ipv4Addr::new(192, 0, 2, 1)))),
            _ => None,
        };
        let mut message = Message::response(asked.metadata.id, asked.metadata.op_code);
        message.metadata.message_type = MessageType::Response;
        message.metadata.recursion_available = true;
        message.metadata.response_code = match query.name().to_ascii().as_str() {
            "broken.example." => ResponseCode::ServFail,
            _ if data.is_some() => ResponseCode::NoError,
            _ => ResponseCode::NXDomain,
        };
        message.add_query(query.clone());
        if let Some(data) = data {
            message.add_answer(Record::from_rdata(query.name().clone(), 300, data));
        }
        message
    }

    async fn asked(at: SocketAddr, name: &str, kind: RecordKind) -> LookedUp {
        look_up(&resolver(&[at]).unwrap(), &Question { name: name.into(), kind }).await
    }

    #[tokio::test]
    async fn every_kind_of_record_is_found_with_its_time() {
        let at = name_server().await;
        let found = |record| LookedUp::Found { records: vec![record], ttl_s: 300 };
        assert_eq!(
            asked(at, "carrier.example", RecordKind::Naptr).await,
            found(ResourceRecord::Naptr {
                order: 10,
                preference: 20,
                flags: "s".into(),
                service: "SIP+D2U".into(),
                replacement: "_sip._udp.carrier.example.".into(),
            })
        );
        let srv = ResourceRecord::Srv { priority: 1, weight: 2, port: 5080, target: "a.carrier.example.".into() };
        assert_eq!(asked(at, "_sip._udp.carrier.example", RecordKind::Srv).await, found(srv));
        let address = ResourceRecord::Address(Ipv4Addr::new(192, 0, 2, 1).into());
        assert_eq!(asked(at, "a.carrier.example", RecordKind::A).await, found(address));
    }

    #[tokio::test]
    async fn what_is_not_there_is_known_and_what_cannot_be_asked_is_not() {
        let at = name_server().await;
        assert_eq!(
            asked(at, "a.carrier.example", RecordKind::Aaaa).await,
            LookedUp::Found { records: Vec::new(), ttl_s: NOTHING_S }
        );
        assert_eq!(asked(at, "broken.example", RecordKind::A).await, LookedUp::Failed);
    }
}
