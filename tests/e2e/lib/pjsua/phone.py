"""A telephone made of pjsua2, without a sound card: it plays one WAV file and records what it hears into another.

Obeys one JSON object a line on its standard input, and tells what happens as one JSON object a line on its standard output:
  {"do": "dial", "uri": ...}  {"do": "answer"}  {"do": "hold"}  {"do": "resume"}  {"do": "press", "key": "1", "by": "rtp" | "info"}
  {"do": "hangup"}  {"do": "quit"}
It runs in one thread: pjsua2's callbacks and these orders never meet."""
import json
import select
import sys

import pjsua2 as pj

TRANSPORTS = {"udp": pj.PJSIP_TRANSPORT_UDP, "tcp": pj.PJSIP_TRANSPORT_TCP, "tls": pj.PJSIP_TRANSPORT_TLS}


def tell(event, **more):
    print(json.dumps({"event": event, **more}), flush=True)


class Call(pj.Call):
    def __init__(self, phone, call_id=pj.PJSUA_INVALID_ID):
        super().__init__(phone.account, call_id)
        self.phone = phone

    def onCallState(self, prm):
        info = self.getInfo()
        tell(info.stateText.lower(), status=info.lastStatusCode)
        if info.state == pj.PJSIP_INV_STATE_DISCONNECTED:
            self.phone.over(self)

    def onCallMediaState(self, prm):
        # The list is freed with what it was read from.
        info = self.getInfo()
        active = [media.index for media in info.media if media.status == pj.PJSUA_CALL_MEDIA_ACTIVE]
        for index in active:
            audio = self.getAudioMedia(index)
            self.phone.player.startTransmit(audio)
            audio.startTransmit(self.phone.recorder)
        tell("media", active=len(active))

    def onDtmfDigit(self, prm):
        tell("digit", key=prm.digit)


class Account(pj.Account):
    def __init__(self, phone):
        super().__init__()
        self.phone = phone

    def onIncomingCall(self, prm):
        call = Call(self.phone, prm.callId)
        if self.phone.call:
            call.hangup(answer(486))
            return
        self.phone.call = call
        call.answer(answer(180))
        tell("rings", uri=call.getInfo().localUri)
        if self.phone.settings["answers"]:
            call.answer(answer(200))


def answer(status):
    prm = pj.CallOpParam(True)
    prm.statusCode = status
    return prm


class Phone:
    def __init__(self, settings):
        self.settings = settings
        self.call = None
        # A finished call is kept until pjsua is done with it: its Python object is called back once more.
        self.finished = []
        self.endpoint = pj.Endpoint()
        self.endpoint.libCreate()
        self.endpoint.libInit(self.config())
        ids = {name: self.endpoint.transportCreate(TRANSPORTS[name], self.transport(port)) for name, port in settings["ports"].items()}
        self.endpoint.libStart()
        self.endpoint.audDevManager().setNullDev()
        for codec in self.endpoint.codecEnum2():
            wanted = {"PCMA/8000/1": 255, "PCMU/8000/1": 128}.get(codec.codecId, 0)
            self.endpoint.codecSetPriority(codec.codecId, wanted)
        self.player = pj.AudioMediaPlayer()
        self.player.createPlayer(settings["voice"])
        self.recorder = pj.AudioMediaRecorder()
        self.recorder.createRecorder(settings["heard"])
        self.account = Account(self)
        self.account.create(self.account_config(ids))

    def config(self):
        config = pj.EpConfig()
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.logConfig.level = 5
        config.logConfig.consoleLevel = 0
        config.logConfig.filename = self.settings["log"]
        config.medConfig.clockRate = config.medConfig.sndClockRate = 8000
        config.medConfig.ecTailLen = 0
        config.medConfig.noVad = True
        return config

    def transport(self, port):
        config = pj.TransportConfig()
        config.port = port
        config.boundAddress = self.settings["host"]
        tls = self.settings.get("tls")
        if tls:
            config.tlsConfig.CaListFile = tls["believes"]
            config.tlsConfig.certFile = tls["certificate"]
            config.tlsConfig.privKeyFile = tls["key"]
            config.tlsConfig.verifyServer = True
            config.tlsConfig.verifyClient = config.tlsConfig.requireClientCert = tls.get("demand", False)
        return config

    def account_config(self, ids):
        config = pj.AccountConfig()
        config.idUri = self.settings["id"]
        config.sipConfig.transportId = ids.get(self.settings.get("transport"), -1)
        config.mediaConfig.transportConfig.boundAddress = self.settings["host"]
        config.mediaConfig.srtpUse = {"no": 0, "may": 1, "must": 2}[self.settings["srtp"]]
        config.mediaConfig.srtpSecureSignaling = 0
        config.callConfig.timerUse = pj.PJSUA_SIP_TIMER_INACTIVE
        return config

    def over(self, call):
        self.finished.append(call)
        if self.call is call:
            self.call = None

    def obey(self, order):
        what = order["do"]
        if what == "dial":
            self.call = Call(self)
            self.call.makeCall(order["uri"], pj.CallOpParam(True))
        elif what == "quit":
            return False
        elif self.call is None:
            tell("nocall", do=what)
        elif what == "answer":
            self.call.answer(answer(200))
        elif what == "hold":
            self.call.setHold(pj.CallOpParam(True))
        elif what == "resume":
            prm = pj.CallOpParam(True)
            prm.opt.flag = pj.PJSUA_CALL_UNHOLD
            self.call.reinvite(prm)
        elif what == "press":
            prm = pj.CallSendDtmfParam()
            prm.digits = order["key"]
            prm.method = pj.PJSUA_DTMF_METHOD_SIP_INFO if order.get("by") == "info" else pj.PJSUA_DTMF_METHOD_RFC2833
            prm.duration = 160
            self.call.sendDtmf(prm)
        elif what == "hangup":
            self.call.hangup(pj.CallOpParam(True))
        return True

    def run(self):
        tell("ready")
        while True:
            self.endpoint.libHandleEvents(5)
            while select.select([sys.stdin], [], [], 0)[0]:
                line = sys.stdin.readline()
                try:
                    if not line or not self.obey(json.loads(line)):
                        return
                except pj.Error as error:
                    tell("refused", why=error.info())


phone = Phone(json.loads(sys.argv[1]))
try:
    phone.run()
finally:
    phone.finished.clear()
    phone.call = phone.recorder = phone.player = phone.account = None
    phone.endpoint.libDestroy()
