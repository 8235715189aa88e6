// callprobe -s HOST:PORT -m bridge|prompt|queue|call -u USER [-n calls] [-r calls/s] [-d window, s] [-t talk, s] [-w settle, s] [-p pid,…]
//
//   bridge  callers whom the server bridges to operators on 127.0.0.1:5090 (this process); both speak all the time
//   prompt  callers who hear a prompt; at the end each presses 1, and the server hangs up
//   queue   callers in line for operators agent1…, who talk for `-t` seconds (half to one and a half of it) and hang up
//   call    callers who speak; whom they reach is another's business
//
// Prints one JSON object: what the server used while all calls stood, loss, delays in microseconds, and how busy others were.
#include "probe.h"
#include <getopt.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

struct probe P = {
    .user = "s1", .calls = 10, .rate = 10, .window_s = 10, .settle_s = 2, .talk_s = 2,
    .setup = {"setup"}, .delay = {{"delay_to_operator"}, {"delay_to_caller"}}, .jitter = {{"jitter_to_operator"}, {"jitter_to_caller"}},
    .prompt_jitter = {"prompt_jitter"}, .reaction = {"reaction"}, .bye = {"bye"}, .next_offer = {"next_offer"},
    .heard_operator = {"heard_operator"}, .lateness = {"lateness"},
};

enum phase { RAMP, SETTLE, WINDOW, QUEUEING, HANG_UP, FAREWELL, DONE };

static struct {
    enum phase phase;
    ns began, until, since;
    int hung_up;
    usage start, before, after;
    ns window_from, window_to;
} run;

static int open_socket(int port, bool stamped) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), on = 1, room = 16 << 20;
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
    if (stamped) setsockopt(fd, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
    if (bind(fd, (struct sockaddr *)&at, sizeof at)) {
        perror("bind");
        exit(1);
    }
    return fd;
}

static enum mode mode_of(const char *name) {
    const char *names[] = {"bridge", "prompt", "queue", "call"};
    for (enum mode mode = BRIDGE; mode <= CALL; mode++)
        if (!strcmp(names[mode], name)) return mode;
    fprintf(stderr, "no such mode: %s\n", name);
    exit(2);
}

static void read_options(int argc, char **argv) {
    char host[64] = "";
    int port = 5060;
    for (int option; (option = getopt(argc, argv, "s:m:u:n:r:d:t:w:p:")) != -1;) {
        switch (option) {
        case 's': sscanf(optarg, "%63[^:]:%d", host, &port); break;
        case 'm': P.mode = mode_of(optarg); break;
        case 'u': snprintf(P.user, sizeof P.user, "%s", optarg); break;
        case 'n': P.calls = atoi(optarg) > MOST ? MOST : atoi(optarg); break;
        case 'r': P.rate = atof(optarg); break;
        case 'd': P.window_s = atof(optarg); break;
        case 't': P.talk_s = atof(optarg); break;
        case 'w': P.settle_s = atof(optarg); break;
        case 'p': measure_pids(optarg); break;
        default: exit(2);
        }
    }
    P.server = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = inet_addr(host)};
    if (ntohl(P.server.sin_addr.s_addr) >> 24 != 127) {
        fprintf(stderr, "the server must be on loopback: -s 127.0.0.1:5060\n");
        exit(2);
    }
}

static int count(enum side side, enum state from, enum state to) {
    int n = 0;
    for (int i = 0; i < P.used[side]; i++) n += P.legs[side][i].state >= from && P.legs[side][i].state <= to;
    return n;
}

static void enter(enum phase phase, ns at, double seconds) {
    run.phase = phase;
    run.since = at;
    run.until = at + (ns)(seconds * SEC);
}

static void open_window(ns at) {
    for (int side = CALLER; side <= OPERATOR; side++)
        for (int i = 0; i < P.used[side]; i++) P.legs[side][i].arrived = P.legs[side][i].server_speaks = false;
    P.measuring = true;
    P.sent = 0;
    run.before = measure();
    run.window_from = at;
}

static void close_window(ns at) {
    P.measuring = false;
    run.after = measure();
    run.window_to = at;
}

static void end_calls(ns at) {
    for (int due = (at - run.since) / 1e9 * P.rate + 1; run.hung_up < P.used[CALLER] && run.hung_up < due; run.hung_up++) {
        leg *l = &P.legs[CALLER][run.hung_up];
        if (P.mode == PROMPT && l->state == TALKING) press_key(l);
        else hang_up(l);
    }
}

// What comes next of the whole run.
static void proceed(ns at) {
    int due = (at - run.began) / 1e9 * P.rate + 1;
    switch (run.phase) {
    case RAMP:
        while (P.used[CALLER] < P.calls && P.used[CALLER] < due) start_call(P.used[CALLER]);
        if (P.used[CALLER] < P.calls) break;
        if (P.mode == QUEUE) {
            open_window(at);
            enter(QUEUEING, at, P.window_s);
        } else if (!count(CALLER, INVITING, INVITING) || at > run.began + (ns)((P.calls / P.rate + 35) * SEC)) {
            enter(SETTLE, at, P.settle_s);
        }
        break;
    case SETTLE:
        if (at < run.until) break;
        open_window(at);
        enter(WINDOW, at, P.window_s);
        break;
    case WINDOW:
        if (at < run.until) break;
        close_window(at);
        enter(HANG_UP, at, 0);
        break;
    case QUEUEING:
        if (at < run.until && count(CALLER, INVITING, TALKING)) break;
        close_window(at);
        enter(HANG_UP, at, 0);
        break;
    case HANG_UP:
        end_calls(at);
        if (run.hung_up == P.used[CALLER]) enter(FAREWELL, at, 6);
        break;
    case FAREWELL:
        if (at >= run.until || !(count(CALLER, TALKING, ENDING) + count(OPERATOR, TALKING, ENDING))) run.phase = DONE;
        break;
    case DONE: break;
    }
}

// One millisecond: a twentieth of all legs speaks; now and then what was not answered is said again.
static void tick(ns at) {
    P.tick++;
    if (P.measuring) add(&P.lateness, at - (run.began + P.tick * MS));
    for (int side = CALLER; side <= OPERATOR; side++)
        for (int i = 0; i < P.used[side]; i++) {
            leg *l = &P.legs[side][i];
            if (l->slot == P.tick % SLOTS) send_voice(l);
        }
    if (P.tick % 10) return;
    repeat_due(at);
    for (int i = 0; P.mode == QUEUE && i < P.used[OPERATOR]; i++) {
        leg *l = &P.legs[OPERATOR][i];
        if (l->state == TALKING && l->acked && at > l->talk_until) hang_up(l);
    }
}

static void listen_until(ns next) {
    struct pollfd fds[] = {{P.sip[CALLER], POLLIN, 0}, {P.sip[OPERATOR], POLLIN, 0}, {P.rtp[CALLER], POLLIN, 0}, {P.rtp[OPERATOR], POLLIN, 0}};
    ns left = next - now();
    struct timespec wait = {0, left > 0 ? left : 0};
    if (ppoll(fds, 4, &wait, NULL) <= 0) return;
    for (int side = CALLER; side <= OPERATOR; side++) {
        if (fds[side].revents) read_sip(side);
        if (fds[2 + side].revents) read_voice(side);
    }
}

static void report(void) {
    double window = (run.window_to - run.window_from) / 1e9, server = run.after.server_s - run.before.server_s;
    double probe = run.after.probe_s - run.before.probe_s, machine = run.after.machine_s - run.before.machine_s;
    int established = 0;
    for (int i = 0; i < P.used[CALLER]; i++) established += P.legs[CALLER][i].answered > 0;
    usage end = measure();
    printf("{\"calls\":%d,\"established\":%d,\"failed\":%d,\"ended_by_server\":%d,\"not_ended\":%d,\"operator_legs\":%d", P.calls, established, P.failed,
           P.ended_by_server, count(CALLER, TALKING, ENDING), P.used[OPERATOR]);
    printf(",\"window_s\":%.2f,\"cpu_s\":%.3f,\"cpu_pct\":%.2f,\"cpu_pct_per_100\":%.3f", window, server, server / window * 100,
           established ? server / window * 1e4 / established : 0);
    printf(",\"probe_pct\":%.1f,\"others_pct\":%.1f,\"server_waited_s\":%.3f", probe / window * 100, (machine - probe - server) / window * 100,
           run.after.wait_s - run.before.wait_s);
    printf(",\"rss_kb\":{\"start\":%ld,\"before\":%ld,\"after\":%ld,\"end\":%ld},\"kb_per_call\":%.1f", run.start.rss_kb, run.before.rss_kb, run.after.rss_kb,
           end.rss_kb, established ? (double)(run.after.rss_kb - run.start.rss_kb) / established : 0);
    printf(",\"sent\":%lu,\"unsent\":%lu,\"received\":[%lu,%lu],\"lost\":[%lu,%lu],\"prompt_received\":%lu,\"prompt_lost\":%lu,\"codes\":{", P.sent, P.unsent,
           P.received[CALLER], P.received[OPERATOR], P.lost[CALLER], P.lost[OPERATOR], P.server_received, P.server_lost);
    const char *comma = "";
    for (int code = 0; code < 700; code++)
        if (P.codes[code]) printf("%s\"%d\":%d", comma, code, P.codes[code]), comma = ",";
    printf("}");
    const histogram *all[] = {&P.setup, &P.delay[0], &P.delay[1], &P.jitter[0], &P.jitter[1], &P.prompt_jitter, &P.reaction, &P.bye, &P.next_offer, &P.heard_operator, &P.lateness};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) print_histogram(all[i]);
    printf("}\n");
}

int main(int argc, char **argv) {
    read_options(argc, argv);
    snprintf(P.run, sizeof P.run, "%x", (unsigned)(now() / 1000));
    for (int side = CALLER; side <= OPERATOR; side++) {
        P.legs[side] = calloc(MOST, sizeof(leg));
        P.sip[side] = open_socket(PORT_SIP(side), false);
        P.rtp[side] = open_socket(PORT_RTP(side), true);
    }
    run.start = measure();
    run.began = now();
    while (run.phase != DONE) {
        ns next = run.began + (P.tick + 1) * MS;
        listen_until(next);
        for (int late = 0; late < 50 && now() >= run.began + (P.tick + 1) * MS; late++) tick(now());
        proceed(now());
    }
    for (int i = 0; i < P.used[CALLER]; i++) hang_up(&P.legs[CALLER][i]);
    usleep(300000);
    report();
    return 0;
}
