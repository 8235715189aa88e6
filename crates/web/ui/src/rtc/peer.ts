const GATHER_MS = 1000;

/** One connection to the engine: our microphone out, its audio in. */
export interface Peer {
  /** Our offer with its addresses. */
  offer(): Promise<string>;
  /** Takes the engine's answer. */
  accept(sdp: string): Promise<void>;
  /** Sends another microphone from now on. */
  replace(track: MediaStreamTrack): Promise<void>;
  state(): RTCPeerConnectionState;
  stats(): Promise<RTCStatsReport>;
  close(): void;
}

export interface PeerEvents {
  onState(state: RTCPeerConnectionState): void;
  onAudio(stream: MediaStream): void;
}

/** Opens a connection; no STUN and no TURN, the engine is in the same network. */
export function openPeer(track: MediaStreamTrack, events: PeerEvents): Peer & { sender: RTCRtpSender } {
  const connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  const transceiver = connection.addTransceiver(track, { direction: 'sendrecv' });
  speakTelephone(transceiver);
  connection.onconnectionstatechange = () => events.onState(connection.connectionState);
  connection.ontrack = (event) => events.onAudio(new MediaStream([event.track]));
  return {
    sender: transceiver.sender,
    async offer() {
      await connection.setLocalDescription();
      await gathered(connection);
      return connection.localDescription?.sdp ?? '';
    },
    accept: (sdp) => connection.setRemoteDescription({ type: 'answer', sdp }),
    replace: (other) => transceiver.sender.replaceTrack(other),
    state: () => connection.connectionState,
    stats: () => connection.getStats(),
    close() {
      connection.onconnectionstatechange = null;
      connection.ontrack = null;
      connection.close();
    },
  };
}

/** The engine speaks G.711, A-law first, and takes keys by RFC 4733 at the same clock rate. */
function speakTelephone(transceiver: RTCRtpTransceiver): void {
  const known = RTCRtpReceiver.getCapabilities?.('audio')?.codecs ?? [];
  const ordered = ['audio/PCMA', 'audio/PCMU', 'audio/telephone-event'].flatMap((type) =>
    known.filter((codec) => codec.mimeType.toLowerCase() === type.toLowerCase() && codec.clockRate === 8000),
  );
  if (ordered.length > 0) transceiver.setCodecPreferences?.(ordered);
}

/** Addresses of this machine are there at once; a resolver that hangs must not hold a call up. */
function gathered(connection: RTCPeerConnection): Promise<void> {
  if (connection.iceGatheringState === 'complete') return Promise.resolve();
  return new Promise((done) => {
    const timer = setTimeout(done, GATHER_MS);
    connection.addEventListener('icegatheringstatechange', () => {
      if (connection.iceGatheringState !== 'complete') return;
      clearTimeout(timer);
      done();
    });
  });
}
