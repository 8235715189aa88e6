use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::time::Duration;

use axum_server::Handle;
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use hyper_util::rt::TokioTimer;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::accept::Bounded;
use crate::app::App;
use crate::desk::{Desks, announce};
use crate::engine::Engine;
use crate::feed::{follow, whole};
use crate::guard::Door;
use crate::lost;
use crate::router::router;
use crate::session::{HashError, Signer, Verifier};
use crate::tls::Loaded;
use crate::trial::TryCalls;
use crate::{Tls, Web, WebConfig, WebError};

/// Who takes longer to send a request's head, or says nothing between two, is disconnected.
const SLOWEST_HEAD: Duration = Duration::from_secs(20);
/// How long requests under way may take once we stop.
const GRACE: Duration = Duration::from_secs(3);

/// Listeners that are bound; nobody is answered yet.
#[derive(Debug)]
pub struct Site {
    config: WebConfig,
    https: Option<(Vec<TcpListener>, Loaded, Door)>,
    http: Vec<TcpListener>,
}

impl Site {
    /// Loads the certificate and binds, so that faults are told before anything else starts.
    pub fn bind(config: WebConfig) -> Result<Self, WebError> {
        let https = config.https.as_ref().map(bind_https).transpose()?;
        let http = config.http.iter().map(bind_http).collect::<Result<_, _>>()?;
        Ok(Site { config, https, http })
    }

    /// Where HTTPS and HTTP are listened for.
    pub fn addresses(&self) -> (Vec<SocketAddr>, Vec<SocketAddr>) {
        let addresses =
            |listeners: &[TcpListener]| listeners.iter().filter_map(|listener| listener.local_addr().ok()).collect();
        (self.https.as_ref().map_or_else(Vec::new, |(listeners, ..)| addresses(listeners)), addresses(&self.http))
    }

    /// Answers until `stop` is done: then sockets say goodbye, and requests under way have a few seconds.
    pub async fn serve(self, web: Web, stop: impl Future<Output = ()>) -> Result<(), WebError> {
        let (stopping, stopped) = watch::channel(false);
        let mut running = Running::start(&self.config, web, stopped).await?;
        let handle = Handle::new();
        let mut servers = JoinSet::new();
        if let Some((listeners, loaded, door)) = self.https {
            for listener in listeners {
                let config = loaded.config.clone();
                servers.spawn(serve_https(listener, config, door, running.app.clone(), handle.clone()));
            }
        }
        for listener in self.http {
            servers.spawn(serve_http(listener, running.app.clone(), handle.clone()));
        }
        tokio::select! {
            () = stop => {}
            Some(ended) = servers.join_next() => ended.map_err(io::Error::other).flatten().map_err(WebError::Serve)?,
        }
        running.tasks.abort_all(); // sockets that close from here on are not news
        stopping.send_replace(true);
        handle.graceful_shutdown(Some(GRACE));
        while let Some(ended) = servers.join_next().await {
            ended.map_err(io::Error::other).flatten().map_err(WebError::Serve)?;
        }
        Ok(())
    }
}

/// What runs behind the requests.
pub(crate) struct Running {
    pub(crate) app: Arc<App>,
    pub(crate) tasks: JoinSet<()>,
}

impl Running {
    /// Waits for the engine to tell the board, then follows it.
    pub(crate) async fn start(config: &WebConfig, web: Web, stopping: watch::Receiver<bool>) -> Result<Self, WebError> {
        let engine = Engine::new(web.engine);
        let (board, seq) = whole(&engine).await.into_parts();
        let (publish, board) = watch::channel(board);
        let (desks, taken) = Desks::new();
        let mut tasks = JoinSet::new();
        tasks.spawn(follow(engine.clone(), web.committed, seq, publish));
        tasks.spawn(announce(engine.clone(), taken));
        let (found, lost) = watch::channel(None);
        tasks.spawn(lost::watch(web.store.clone(), found));
        let app = Arc::new(App {
            engine,
            board,
            store: web.store,
            position: AtomicU64::new(0),
            lost,
            signer: Signer::new(&config.session_key),
            verifier: Verifier::new()?,
            tries: Default::default(),
            ended: Default::default(),
            desks,
            try_calls: TryCalls::new(some_number()?),
            readiness: Default::default(),
            trial: config.trial.clone(),
            targets: config.targets.clone(),
            origins: config.origins.clone(),
            settings: config.settings.clone(),
            clock: web.clock,
            stopping,
        });
        Ok(Running { app, tasks })
    }
}

fn some_number() -> Result<u32, WebError> {
    getrandom::u32().map_err(|error| HashError::Entropy(error).into())
}

fn bind_https((addresses, tls): &(Vec<SocketAddr>, Tls)) -> Result<(Vec<TcpListener>, Loaded, Door), WebError> {
    let loaded = tls.load()?;
    let listeners = addresses.iter().map(|address| bind("https", *address)).collect::<Result<_, _>>()?;
    let door = match tls {
        Tls::Files { .. } => Door::Https,
        Tls::SelfMade { .. } => Door::SelfMadeHttps,
    };
    let made = match door {
        Door::SelfMadeHttps => "self-made: browsers warn of it once",
        Door::Https | Door::Loopback => "from files",
    };
    tracing::info!(?addresses, certificate = made, sha256 = loaded.fingerprint, "https");
    Ok((listeners, loaded, door))
}

fn bind_http(address: &SocketAddr) -> Result<TcpListener, WebError> {
    if !address.ip().is_loopback() {
        return Err(WebError::NotLoopback(*address));
    }
    bind("http", *address)
}

fn bind(scheme: &'static str, address: SocketAddr) -> Result<TcpListener, WebError> {
    let bind = || {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        if address.is_ipv6() {
            // 0.0.0.0 has a socket of its own.
            socket.set_only_v6(true)?;
        }
        socket.set_reuse_address(true)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(1024)?;
        Ok(socket.into())
    };
    bind().map_err(|source| WebError::Listen { scheme, address, source })
}

pub(crate) async fn serve_https(
    listener: TcpListener,
    config: Arc<rustls::ServerConfig>,
    door: Door,
    app: Arc<App>,
    handle: Handle<SocketAddr>,
) -> io::Result<()> {
    let tls = RustlsAcceptor::new(RustlsConfig::from_config(config)).acceptor(Bounded::new());
    let mut server = axum_server::from_tcp(listener)?.handle(handle).acceptor(tls);
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(SLOWEST_HEAD);
    server.serve(router(&app, door).into_make_service_with_connect_info::<SocketAddr>()).await
}

pub(crate) async fn serve_http(listener: TcpListener, app: Arc<App>, handle: Handle<SocketAddr>) -> io::Result<()> {
    let mut server = axum_server::from_tcp(listener)?.handle(handle).acceptor(Bounded::new());
    server.http_builder().http1().timer(TokioTimer::new()).header_read_timeout(SLOWEST_HEAD);
    server.serve(router(&app, Door::Loopback).into_make_service_with_connect_info::<SocketAddr>()).await
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    use rustls::pki_types::pem::PemObject;
    use rustls::pki_types::{CertificateDer, ServerName};
    use tokio::sync::{broadcast, mpsc, oneshot};

    use super::*;
    use crate::{Answer, Ask, Clock, What};

    fn config() -> WebConfig {
        WebConfig {
            https: None,
            http: vec![],
            trial: None,
            targets: crate::Targets::default(),
            session_key: [7; 32],
            settings: crate::fake::settings(),
            origins: vec![],
        }
    }

    fn loopback() -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], 0))
    }

    /// A FAKE engine that tells an empty board to whoever asks.
    fn web() -> Web {
        let (engine, mut asks) = mpsc::channel::<Ask>(8);
        tokio::spawn(async move {
            while let Some(Ask { what, answer }) = asks.recv().await {
                assert!(matches!(what, What::Board));
                let _left = answer.send(Ok(Answer::Board { board: Box::default(), seq: 0 }));
            }
        });
        let committed = broadcast::channel(8).1;
        Web { engine, committed, store: watch::channel(None).1, clock: Clock::new(jiff::Timestamp::now) }
    }

    #[test]
    fn an_address_that_cannot_be_had_is_named() {
        let taken = TcpListener::bind(loopback()).unwrap().local_addr().unwrap();
        let _taken = TcpListener::bind(taken).unwrap();
        let error = Site::bind(WebConfig { http: vec![taken], ..config() }).unwrap_err();
        assert_eq!(error.to_string(), format!("failed to listen on http://{taken}"));
        let open = SocketAddr::from(([0, 0, 0, 0], 0));
        let error = Site::bind(WebConfig { http: vec![open], ..config() }).unwrap_err();
        assert!(matches!(error, WebError::NotLoopback(address) if address == open), "{error}");
    }

    #[tokio::test]
    async fn answers_over_tls_with_its_own_certificate_until_told_to_stop() {
        let folder = std::env::temp_dir().join(format!("helpline-web-serve-{}", std::process::id()));
        let tls = Tls::SelfMade { folder: folder.clone(), names: vec![] };
        let site = Site::bind(WebConfig { https: Some((vec![loopback()], tls)), ..config() }).unwrap();
        let address = site.addresses().0[0];
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(site.serve(web(), async { stopped.await.unwrap_or_default() }));
        let certificate = CertificateDer::from_pem_file(folder.join("certificate.pem")).unwrap();
        let told = tokio::task::spawn_blocking(move || get_ready(address, certificate)).await.unwrap();
        assert!(told.starts_with("HTTP/1.1 200") && told.ends_with("ready\n"), "{told}");
        stop.send(()).unwrap();
        served.await.unwrap().unwrap();
        assert!(TcpStream::connect(address).is_err());
        std::fs::remove_dir_all(folder).unwrap();
    }

    fn get_ready(address: SocketAddr, certificate: CertificateDer<'static>) -> String {
        let mut roots = rustls::RootCertStore::empty();
        roots.add(certificate).unwrap();
        let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from("localhost").unwrap();
        let mut tls = rustls::ClientConnection::new(Arc::new(config), name).unwrap();
        let mut socket = TcpStream::connect(address).unwrap();
        let mut stream = rustls::Stream::new(&mut tls, &mut socket);
        stream.write_all(b"GET /readyz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
        let mut told = String::new();
        stream.read_to_string(&mut told).unwrap();
        told
    }
}
