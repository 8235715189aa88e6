use std::io::{self, Read, Write};

use mio::net::TcpStream;
use rustls::Connection as Session;

/// Sealed bytes that may wait inside rustls; the rest waits outside, where it is counted.
const MAX_SEALED: usize = 64 * 1024;

/// Reads in a row that may yield nothing. Records without content, and handshakes without end, are an attack.
const MAX_FRUITLESS: usize = 64;

/// What a connection's bytes travel in.
pub(super) enum Layer {
    /// As they are.
    Plain,
    /// TLS. Nothing here blocks: what cannot go on says `WouldBlock`.
    Tls(Box<Session>),
}

impl Layer {
    /// TLS that has not said anything yet.
    pub(super) fn tls(mut session: Session) -> Self {
        session.set_buffer_limit(Some(MAX_SEALED));
        Layer::Tls(Box::new(session))
    }

    /// Takes the handshake as far as it goes. Ok: it is done.
    pub(super) fn shake(&mut self, stream: &mut TcpStream) -> io::Result<()> {
        let Layer::Tls(session) = self else { return Ok(()) };
        for _ in 0..MAX_FRUITLESS {
            send(session, stream)?;
            if !session.is_handshaking() {
                return Ok(());
            }
            if session.read_tls(stream)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            session.process_new_packets().map_err(io::Error::other)?;
        }
        Err(io::Error::other("a handshake without end"))
    }

    /// Reads. 0: the peer has ended it.
    pub(super) fn read(&mut self, stream: &mut TcpStream, buffer: &mut [u8]) -> io::Result<usize> {
        let Layer::Tls(session) = self else { return stream.read(buffer) };
        for _ in 0..MAX_FRUITLESS {
            match session.reader().read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return done,
            }
            if session.read_tls(stream)? == 0 {
                return Ok(0);
            }
            session.process_new_packets().map_err(io::Error::other)?;
            // An answer to a key update may be due; that the socket is full is no matter of reading.
            let _ = send(session, stream);
        }
        Err(io::Error::other("records without content"))
    }

    /// Sends what it can of `unsent`.
    pub(super) fn write(&mut self, stream: &mut TcpStream, unsent: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Layer::Plain => {
                while !unsent.is_empty() {
                    let sent = retried(|| stream.write(unsent))?;
                    unsent.drain(..sent);
                }
                Ok(())
            }
            Layer::Tls(session) => loop {
                let sealed = session.writer().write(unsent)?;
                unsent.drain(..sealed);
                send(session, stream)?;
                if unsent.is_empty() {
                    return Ok(());
                }
            },
        }
    }

    /// Says the end, or what was wrong, as far as the socket takes it at once.
    pub(super) fn part(&mut self, stream: &mut TcpStream) {
        if let Layer::Tls(session) = self {
            session.send_close_notify();
            // Whoever has gone need not be told.
            let _ = send(session, stream);
        }
    }
}

fn send(session: &mut Session, stream: &mut TcpStream) -> io::Result<()> {
    while session.wants_write() {
        retried(|| session.write_tls(stream))?;
    }
    Ok(())
}

fn retried(mut write: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match write() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            done => return done,
        }
    }
}
