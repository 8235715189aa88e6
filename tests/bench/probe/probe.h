// The probe: SIP callers, SIP operators and their voice in one process, for measuring a server on loopback.
//
// Every voice packet carries the moment of its send call; its arrival is the kernel's time stamp (SO_TIMESTAMPNS), so that the delay of the
// server is measured without the probe's own on the receiving side. Everything is bounded in number and time, and sent to 127.0.0.0/8 only.
#pragma once
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define US 1000LL
#define MS 1000000LL
#define SEC 1000000000LL

typedef int64_t ns; // since the epoch, or a span

// ---- measure.c
#define FINE 200000  // buckets of 1 µs
#define COARSE 30000 // then of 1 ms
typedef struct {
    const char *name;
    uint32_t buckets[FINE + COARSE + 1];
    uint64_t count;
} histogram;

typedef struct {
    double server_s;  // CPU of the server's processes
    double probe_s;   // and of this one
    double machine_s; // and of everything
    double wait_s;    // how long the server's threads stood ready to run and did not
    long rss_kb;
} usage;

ns now(void);
void add(histogram *h, ns span);
void print_histogram(const histogram *h);
void measure_pids(char *list);
usage measure(void);

// ---- the calls
enum state { UNUSED, INVITING, TALKING, ENDING, OVER, FAILED };
enum side { CALLER, OPERATOR };

typedef struct {
    enum side side;
    enum state state;
    int index;
    char call_id[160], local_tag[64], remote_tag[160];
    char from[256], to[256], contact[256], route[1024];
    // The request that is repeated until something answers it, or the operator's 200 until its ACK.
    char sent[3072];
    int sent_len, repeats;
    ns repeat_at, repeat_every;
    ns invited, answered, ended;
    // Voice.
    struct sockaddr_in voice_to;
    bool has_voice, acked;
    int slot; // which of the 20 ms it sends in
    uint16_t sequence;
    uint32_t timestamp, ssrc, frames;
    // What came of what this leg sent, or from the server itself.
    bool heard, arrived;
    uint32_t last_frame;
    ns last_sent, last_arrival;
    bool server_speaks;
    uint16_t server_sequence;
    ns server_arrival;
    // Keys (RFC 4733): which packet of one is next, and when the first went out.
    int key_step;
    uint32_t key_timestamp;
    ns key_pressed;
    int desk; // which operator of the queue, or -1
    ns talk_until;
} leg;

#define MOST 20000
#define SLOTS 20

enum mode { BRIDGE, PROMPT, QUEUE, CALL };

struct probe {
    enum mode mode;
    struct sockaddr_in server;
    char user[64], run[32];
    int calls;
    double rate, window_s, settle_s, talk_s;
    int sip[2], rtp[2]; // by side
    leg *legs[2];
    int used[2];
    long tick;
    bool measuring;
    int failed, codes[700], ended_by_server;
    uint64_t lost[2], received[2], server_lost, server_received, sent, unsent;
    histogram setup, delay[2], jitter[2], prompt_jitter, reaction, bye, next_offer, heard_operator, lateness;
};
extern struct probe P;

#define PORT_SIP(side) ((side) == CALLER ? 5080 : 5090)
#define PORT_RTP(side) ((side) == CALLER ? 30000 : 32000)

// ---- sip.c
void start_call(int index);
void hang_up(leg *l);
void read_sip(enum side side);
void repeat_due(ns at);

// ---- rtp.c
leg *by_server_port(int port);
void learn_server_port(leg *l);
void press_key(leg *l);
void send_voice(leg *l);
void read_voice(enum side side);
