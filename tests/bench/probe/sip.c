// Just enough SIP over UDP (RFC 3261) to call, to be called and to hang up, with repeats where nothing answers.
#include "probe.h"
#include <strings.h>

#define FIRST_REPEAT (500 * MS)
#define SLOWEST_REPEAT (4 * SEC)
#define MOST_REPEATS 7
#define IP "127.0.0.1"

static char server_host[64];

static const char *server(void) {
    if (!server_host[0]) snprintf(server_host, sizeof server_host, "%s:%d", inet_ntoa(P.server.sin_addr), ntohs(P.server.sin_port));
    return server_host;
}

static void to_server(enum side side, const char *bytes, int len) {
    sendto(P.sip[side], bytes, len, 0, (struct sockaddr *)&P.server, sizeof P.server);
}

static void repeat_from(leg *l, ns at) {
    l->repeats = 0;
    l->repeat_every = FIRST_REPEAT;
    l->repeat_at = at + FIRST_REPEAT;
}

// ---- reading

// The first header of that name, its value without blanks in front; false where there is none.
static bool header(const char *message, const char *name, char *out, size_t size) {
    size_t len = strlen(name);
    out[0] = 0;
    for (const char *line = strstr(message, "\r\n"); line && line[2] != '\r'; line = strstr(line + 2, "\r\n")) {
        const char *at = line + 2;
        if (strncasecmp(at, name, len)) continue;
        at += len;
        while (*at == ' ') at++;
        if (*at++ != ':') continue;
        while (*at == ' ') at++;
        snprintf(out, size, "%.*s", (int)strcspn(at, "\r"), at);
        return true;
    }
    return false;
}

// All headers of that name as lines of the name `as`.
static void headers(const char *message, const char *name, const char *as, char *out, size_t size) {
    size_t len = strlen(name), used = 0;
    out[0] = 0;
    for (const char *line = strstr(message, "\r\n"); line && line[2] != '\r'; line = strstr(line + 2, "\r\n")) {
        const char *at = line + 2;
        if (strncasecmp(at, name, len) || (at[len] != ':' && at[len] != ' ')) continue;
        at = strchr(at, ':') + 1;
        while (*at == ' ') at++;
        int wrote = snprintf(out + used, size - used, "%s: %.*s\r\n", as, (int)strcspn(at, "\r"), at);
        if (used + wrote >= size) return;
        used += wrote;
    }
}

static void read_tag(const char *value, char *out, size_t size) {
    const char *tag = strstr(value, "tag=");
    if (tag) snprintf(out, size, "%.*s", (int)strcspn(tag + 4, ";> \r"), tag + 4);
}

static void read_contact(const char *message, char *out, size_t size) {
    char value[300];
    header(message, "Contact", value, sizeof value);
    char *begin = strchr(value, '<'), *end = begin ? strchr(begin, '>') : NULL;
    if (end) snprintf(out, size, "%.*s", (int)(end - begin - 1), begin + 1);
}

// Record-Route becomes Route, in reverse for the caller (RFC 3261 §12.1.2).
static void read_routes(leg *l, const char *message) {
    char lines[1024], *found[16];
    headers(message, "Record-Route", "Route", lines, sizeof lines);
    if (l->side == OPERATOR) {
        memcpy(l->route, lines, sizeof l->route);
        return;
    }
    int n = 0;
    for (char *line = strtok(lines, "\r\n"); line && n < 16; line = strtok(NULL, "\r\n")) found[n++] = line;
    for (l->route[0] = 0; n > 0;) {
        strncat(l->route, found[--n], sizeof l->route - strlen(l->route) - 3);
        strcat(l->route, "\r\n");
    }
}

static void read_sdp(leg *l, const char *message) {
    const char *body = strstr(message, "\r\n\r\n");
    const char *audio = body ? strstr(body, "m=audio ") : NULL;
    if (!audio || !atoi(audio + 8)) return;
    char ip[64] = IP;
    const char *line = strstr(body, "c=IN IP4 ");
    if (line) sscanf(line + 9, "%63[0-9.]", ip);
    l->voice_to = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(atoi(audio + 8))};
    l->voice_to.sin_addr.s_addr = inet_addr(ip);
    l->has_voice = true;
    if (l->side == CALLER) learn_server_port(l);
}

static leg *find(enum side side, const char *call_id) {
    int index;
    if (side == CALLER) {
        bool ours = sscanf(call_id, "c%d-", &index) == 1 && index >= 0 && index < P.used[CALLER];
        return ours && !strcmp(P.legs[CALLER][index].call_id, call_id) ? &P.legs[CALLER][index] : NULL;
    }
    // The newest first: the server chose the id, and there are few.
    for (index = P.used[OPERATOR] - 1; index >= 0; index--)
        if (!strcmp(P.legs[OPERATOR][index].call_id, call_id)) return &P.legs[OPERATOR][index];
    return NULL;
}

// ---- writing

static int write_sdp(char *out, size_t size, const leg *l) {
    return snprintf(out, size,
                    "v=0\r\no=- %u %u IN IP4 " IP "\r\ns=-\r\nc=IN IP4 " IP "\r\nt=0 0\r\nm=audio %d RTP/AVP 0 101\r\n"
                    "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\na=ptime:20\r\na=sendrecv\r\n",
                    1000 + l->index, 1000 + l->index, PORT_RTP(l->side));
}

static void local_and_remote(const leg *l, char *local, char *remote, size_t size) {
    if (l->side == CALLER) {
        snprintf(local, size, "<sip:trunk@" IP ":%d>;tag=%s", PORT_SIP(CALLER), l->local_tag);
        snprintf(remote, size, "<sip:%s@%s>%s%s", P.user, server(), l->remote_tag[0] ? ";tag=" : "", l->remote_tag);
    } else {
        snprintf(local, size, "%s;tag=%s", l->to, l->local_tag);
        snprintf(remote, size, "%s", l->from);
    }
}

// A request within the leg's dialog, or the one that begins it. `number` is the CSeq.
static int write_request(char *out, size_t size, const leg *l, const char *method, int number, const char *body) {
    char local[400], remote[400], target[300];
    local_and_remote(l, local, remote, sizeof local);
    snprintf(target, sizeof target, "%s", l->contact);
    if (!target[0]) snprintf(target, sizeof target, "sip:%s@%s", P.user, server());
    return snprintf(out, size,
                    "%s %s SIP/2.0\r\nVia: SIP/2.0/UDP " IP ":%d;rport;branch=z9hG4bK-%d-%d-%s-%s\r\nMax-Forwards: 70\r\n%sFrom: %s\r\n"
                    "To: %s\r\nCall-ID: %s\r\nCSeq: %d %s\r\nContact: <sip:%s@" IP ":%d>\r\n%sContent-Length: %zu\r\n\r\n%s",
                    method, target, PORT_SIP(l->side), l->side, l->index, P.run, method, l->route, local, remote, l->call_id, number, method,
                    l->side == CALLER ? "trunk" : "operator", PORT_SIP(l->side), body[0] ? "Content-Type: application/sdp\r\n" : "", strlen(body),
                    body);
}

static int write_reply(char *out, size_t size, const char *request, const char *status, const char *tag, const char *contact, const char *body) {
    char vias[2048], routes[1024], from[300], to[300], call_id[160], cseq[80];
    headers(request, "Via", "Via", vias, sizeof vias);
    headers(request, "Record-Route", "Record-Route", routes, sizeof routes);
    header(request, "From", from, sizeof from);
    header(request, "To", to, sizeof to);
    header(request, "Call-ID", call_id, sizeof call_id);
    header(request, "CSeq", cseq, sizeof cseq);
    bool tagged = !tag[0] || strstr(to, "tag=");
    return snprintf(out, size, "SIP/2.0 %s\r\n%s%sFrom: %s\r\nTo: %s%s%s\r\nCall-ID: %s\r\nCSeq: %s\r\n%s%sContent-Length: %zu\r\n\r\n%s", status, vias,
                    routes, from, to, tagged ? "" : ";tag=", tagged ? "" : tag, call_id, cseq, contact,
                    body[0] ? "Content-Type: application/sdp\r\n" : "", strlen(body), body);
}

static void reply(enum side side, const char *request, const char *status, const char *tag, const char *contact, const char *body) {
    char out[4096];
    to_server(side, out, write_reply(out, sizeof out, request, status, tag, contact, body));
}

// ---- calling

void start_call(int index) {
    leg *l = &P.legs[CALLER][index];
    *l = (leg){.side = CALLER, .state = INVITING, .index = index, .ssrc = 0x10000000u + index, .slot = index % SLOTS, .sequence = 1, .timestamp = 160};
    l->desk = -1;
    P.used[CALLER] = index + 1;
    snprintf(l->call_id, sizeof l->call_id, "c%d-%s@probe", index, P.run);
    snprintf(l->local_tag, sizeof l->local_tag, "c%d%s", index, P.run);
    char body[700];
    write_sdp(body, sizeof body, l);
    l->sent_len = write_request(l->sent, sizeof l->sent, l, "INVITE", 1, body);
    l->invited = now();
    repeat_from(l, l->invited);
    to_server(CALLER, l->sent, l->sent_len);
}

void hang_up(leg *l) {
    if (l->state != TALKING) return;
    l->state = ENDING;
    l->sent_len = write_request(l->sent, sizeof l->sent, l, "BYE", 2, "");
    l->ended = now();
    repeat_from(l, l->ended);
    to_server(l->side, l->sent, l->sent_len);
}

static void give_up(leg *l, int code) {
    if (l->state == INVITING) {
        P.failed++;
        if (code < 700) P.codes[code]++;
    }
    l->state = FAILED;
    l->repeat_at = 0;
}

static void invite_answered(leg *l, const char *message, int code) {
    char ack[1600], to[300];
    header(message, "To", to, sizeof to);
    if (code < 200) {
        l->repeat_at = 0;
        return;
    }
    read_tag(to, l->remote_tag, sizeof l->remote_tag);
    if (code >= 300) {
        to_server(CALLER, ack, write_request(ack, sizeof ack, l, "ACK", 1, ""));
        if (l->state == INVITING) give_up(l, code);
        return;
    }
    if (l->state == INVITING) {
        l->repeat_at = 0;
        l->state = TALKING;
        l->answered = now();
        add(&P.setup, l->answered - l->invited);
        read_contact(message, l->contact, sizeof l->contact);
        read_routes(l, message);
        read_sdp(l, message);
    }
    to_server(CALLER, ack, write_request(ack, sizeof ack, l, "ACK", 1, ""));
}

static void desk_is_free(leg *l);

static void bye_answered(leg *l) {
    if (l->state != ENDING) return;
    l->state = OVER;
    l->repeat_at = 0;
    if (l->side == CALLER) add(&P.bye, now() - l->ended);
    else desk_is_free(l);
}

static void ended_by_server(leg *l) {
    if (l->state >= OVER) return;
    if (l->side == CALLER) {
        P.ended_by_server++;
        if (l->key_pressed) add(&P.reaction, now() - l->key_pressed);
    }
    l->state = OVER;
    l->repeat_at = 0;
    desk_is_free(l);
}

// ---- being called

static ns free_since[64];
static bool busy[64];

static void desk_is_free(leg *l) {
    if (l->side == CALLER || l->desk < 0) return;
    free_since[l->desk] = now();
    busy[l->desk] = false;
}

static bool take_desk(const char *message, leg *l) {
    char uri[128] = "";
    sscanf(message, "INVITE %127s", uri);
    const char *name = strstr(uri, "sip:agent");
    int desk = name ? atoi(name + 9) : 0;
    l->desk = P.mode == QUEUE && desk > 0 && desk < 64 ? desk : -1;
    if (l->desk < 0) return true;
    if (busy[desk]) return false;
    busy[desk] = true;
    if (free_since[desk]) add(&P.next_offer, l->invited - free_since[desk]);
    return true;
}

static void invited(const char *message) {
    char call_id[160], body[700], contact[128], tag[64];
    int index = P.used[OPERATOR];
    header(message, "Call-ID", call_id, sizeof call_id);
    if (index >= MOST) return;
    leg *l = &P.legs[OPERATOR][index];
    *l = (leg){.side = OPERATOR, .index = index, .invited = now(), .ssrc = 0x20000000u + index, .slot = (index + SLOTS / 2) % SLOTS, .sequence = 1, .timestamp = 160};
    P.used[OPERATOR]++;
    snprintf(l->call_id, sizeof l->call_id, "%s", call_id);
    snprintf(l->local_tag, sizeof l->local_tag, "o%d%s", index, P.run);
    snprintf(tag, sizeof tag, "%s", l->local_tag);
    header(message, "From", l->from, sizeof l->from);
    header(message, "To", l->to, sizeof l->to);
    read_contact(message, l->contact, sizeof l->contact);
    read_routes(l, message);
    if (!take_desk(message, l)) {
        l->state = FAILED;
        return reply(OPERATOR, message, "486 Busy Here", tag, "", "");
    }
    read_sdp(l, message);
    write_sdp(body, sizeof body, l);
    snprintf(contact, sizeof contact, "Contact: <sip:agent%d@" IP ":%d>\r\n", l->desk < 0 ? 0 : l->desk, PORT_SIP(OPERATOR));
    reply(OPERATOR, message, "180 Ringing", tag, contact, "");
    l->sent_len = write_reply(l->sent, sizeof l->sent, message, "200 OK", tag, contact, body);
    to_server(OPERATOR, l->sent, l->sent_len);
    l->state = TALKING;
    l->answered = now();
    repeat_from(l, l->answered);
    if (P.mode == QUEUE) l->slot = (P.tick + 1) % SLOTS;
    l->talk_until = l->answered + (ns)(P.talk_s * SEC * (0.5 + rand() % 1000 / 1000.0));
}

static void again_invited(leg *l, const char *message) {
    char body[700], contact[128], to[300];
    header(message, "To", to, sizeof to);
    if (!strstr(to, "tag=")) return to_server(l->side, l->sent, l->sent_len);
    if (strstr(message, "m=audio")) read_sdp(l, message);
    write_sdp(body, sizeof body, l);
    snprintf(contact, sizeof contact, "Contact: <sip:probe@" IP ":%d>\r\n", PORT_SIP(l->side));
    reply(l->side, message, "200 OK", "", contact, body);
}

// ---- both

static void response(enum side side, leg *l, const char *message) {
    char cseq[80];
    int code = atoi(message + 8);
    header(message, "CSeq", cseq, sizeof cseq);
    if (side == CALLER && strstr(cseq, "INVITE")) invite_answered(l, message, code);
    else if (strstr(cseq, "BYE") && code >= 200) bye_answered(l);
}

static void request(enum side side, leg *l, const char *message) {
    if (!strncmp(message, "ACK ", 4)) {
        if (!l) return;
        if (!l->acked && l->state == TALKING) l->repeat_at = 0;
        l->acked = true;
    } else if (!strncmp(message, "BYE ", 4)) {
        reply(side, message, "200 OK", "", "", "");
        if (l) ended_by_server(l);
    } else if (!strncmp(message, "CANCEL ", 7)) {
        reply(side, message, "200 OK", "", "", "");
    } else if (!strncmp(message, "INVITE ", 7)) {
        if (l) again_invited(l, message);
        else if (side == OPERATOR) invited(message);
    } else {
        reply(side, message, "200 OK", "probe", "", "");
    }
}

void read_sip(enum side side) {
    char message[8192], call_id[160];
    for (int len; (len = recv(P.sip[side], message, sizeof message - 1, MSG_DONTWAIT)) > 0;) {
        message[len] = 0;
        header(message, "Call-ID", call_id, sizeof call_id);
        leg *l = find(side, call_id);
        if (strncmp(message, "SIP/2.0 ", 8)) request(side, l, message);
        else if (l) response(side, l, message);
    }
}

// What nobody answered is said again, ever more slowly.
void repeat_due(ns at) {
    for (int side = CALLER; side <= OPERATOR; side++) {
        for (int i = 0; i < P.used[side]; i++) {
            leg *l = &P.legs[side][i];
            if (!l->repeat_at || at < l->repeat_at || l->state >= OVER) continue;
            if (++l->repeats > MOST_REPEATS) {
                give_up(l, 408);
                continue;
            }
            to_server(side, l->sent, l->sent_len);
            l->repeat_every = l->repeat_every * 2 > SLOWEST_REPEAT ? SLOWEST_REPEAT : l->repeat_every * 2;
            l->repeat_at = at + l->repeat_every;
        }
    }
}
