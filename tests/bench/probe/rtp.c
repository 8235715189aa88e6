// G.711 in packets of 20 ms (RFC 3550, RFC 3551) that say when and by whom they were sent, and keys (RFC 4733).
#include "probe.h"
#include <time.h>

#define MAGIC 0x50524f42u
#define HEADER 12
#define FRAME 160
#define EVENT 101
#define BATCH 256
#define PROMPT_MAX_GAP 1000

// What stands in a frame, behind the RTP header.
struct mark {
    uint32_t magic, side, index, frame;
    ns sent;
} __attribute__((packed));

static int by_port[65536]; // index of the caller that sends there, plus 1

leg *by_server_port(int port) { return by_port[port] ? &P.legs[CALLER][by_port[port] - 1] : NULL; }
void learn_server_port(leg *l) { by_port[ntohs(l->voice_to.sin_port)] = l->index + 1; }

// ---- sending

void press_key(leg *l) {
    l->key_step = 1;
    l->key_timestamp = l->timestamp;
}

static void write_header(uint8_t *packet, const leg *l, uint8_t type, uint32_t timestamp) {
    uint32_t words[2] = {htonl(timestamp), htonl(l->ssrc)};
    packet[0] = 0x80;
    packet[1] = type;
    packet[2] = l->sequence >> 8;
    packet[3] = l->sequence;
    memcpy(packet + 4, words, sizeof words);
}

// Five packets of the key `1`, then three that say that it ended.
static int write_key(uint8_t *packet, leg *l) {
    bool end = l->key_step > 5;
    uint16_t duration = htons(end ? 5 * FRAME : l->key_step * FRAME);
    write_header(packet, l, EVENT | (l->key_step == 1 ? 0x80 : 0), l->key_timestamp);
    packet[12] = 1;
    packet[13] = (end ? 0x80 : 0) | 10;
    memcpy(packet + 14, &duration, 2);
    if (l->key_step == 1) l->key_pressed = now();
    l->key_step = l->key_step == 8 ? 0 : l->key_step + 1;
    return HEADER + 4;
}

static int write_frame(uint8_t *packet, leg *l) {
    write_header(packet, l, 0, l->timestamp);
    memset(packet + HEADER, 0xd5, FRAME);
    struct mark mark = {MAGIC, l->side, l->index, l->frames++, now()};
    memcpy(packet + HEADER, &mark, sizeof mark);
    return HEADER + FRAME;
}

void send_voice(leg *l) {
    uint8_t packet[HEADER + FRAME];
    if (l->state != TALKING || !l->has_voice) return;
    int len = l->key_step ? write_key(packet, l) : write_frame(packet, l);
    l->sequence++;
    l->timestamp += FRAME;
    bool out = sendto(P.rtp[l->side], packet, len, 0, (struct sockaddr *)&l->voice_to, sizeof l->voice_to) == len;
    *(out ? &P.sent : &P.unsent) += 1;
}

// ---- receiving

static ns arrival(struct msghdr *message) {
    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SO_TIMESTAMPNS) continue;
        struct timespec at;
        memcpy(&at, CMSG_DATA(c), sizeof at);
        return at.tv_sec * SEC + at.tv_nsec;
    }
    return now();
}

// A frame of ours that the server passed on.
static void relayed(const struct mark *mark, ns at) {
    enum side side = mark->side == CALLER ? CALLER : OPERATOR;
    if (mark->index >= (uint32_t)P.used[side]) return;
    leg *source = &P.legs[side][mark->index];
    if (!source->heard && side == OPERATOR) add(&P.heard_operator, at - source->answered);
    source->heard = true;
    if (P.measuring) {
        P.received[side]++;
        add(&P.delay[side], at - mark->sent);
        if (source->arrived && mark->frame > source->last_frame) {
            P.lost[side] += mark->frame - source->last_frame - 1;
            add(&P.jitter[side], llabs((at - source->last_arrival) - (mark->sent - source->last_sent)));
        }
    }
    source->arrived = true;
    source->last_arrival = at;
    source->last_sent = mark->sent;
    source->last_frame = mark->frame;
}

// A frame that the server made: a prompt, music.
static void prompted(const uint8_t *packet, int port, ns at) {
    leg *l = by_server_port(port);
    if (!l || (packet[1] & 0x7f) > 8) return;
    uint16_t sequence = packet[2] << 8 | packet[3], gap = sequence - l->server_sequence;
    if (P.measuring) {
        P.server_received++;
        if (l->server_speaks && gap > 1 && gap < PROMPT_MAX_GAP) P.server_lost += gap - 1;
        if (l->server_speaks && gap == 1) add(&P.prompt_jitter, llabs(at - l->server_arrival - 20 * MS));
    }
    l->server_speaks = true;
    l->server_sequence = sequence;
    l->server_arrival = at;
}

void read_voice(enum side side) {
    static uint8_t packets[BATCH][256];
    static char control[BATCH][128];
    static struct sockaddr_in from[BATCH];
    struct iovec io[BATCH];
    struct mmsghdr messages[BATCH];
    for (int got = BATCH; got == BATCH;) {
        for (int i = 0; i < BATCH; i++) {
            io[i] = (struct iovec){packets[i], sizeof packets[i]};
            messages[i].msg_hdr = (struct msghdr){.msg_name = &from[i], .msg_namelen = sizeof from[i], .msg_iov = &io[i], .msg_iovlen = 1, .msg_control = control[i], .msg_controllen = sizeof control[i]};
        }
        got = recvmmsg(P.rtp[side], messages, BATCH, MSG_DONTWAIT, NULL);
        for (int i = 0; i < got; i++) {
            struct mark mark = {0};
            unsigned len = messages[i].msg_len;
            if (len < HEADER || packets[i][0] >> 6 != 2) continue;
            ns at = arrival(&messages[i].msg_hdr);
            if (len >= HEADER + sizeof mark) memcpy(&mark, packets[i] + HEADER, sizeof mark);
            if (mark.magic == MAGIC) relayed(&mark, at);
            else if (side == CALLER) prompted(packets[i], ntohs(from[i].sin_port), at);
        }
    }
}
