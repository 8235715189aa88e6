// Clocks, histograms, and what the server, the probe and everybody else use of the machine.
#include "probe.h"
#include <dirent.h>
#include <math.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

static int pids[64], n_pids;

ns now(void) {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return t.tv_sec * SEC + t.tv_nsec;
}

void add(histogram *h, ns span) {
    int64_t us = span < 0 ? 0 : span / US;
    int64_t at = us < FINE ? us : FINE + us / 1000 - FINE / 1000;
    h->buckets[at > FINE + COARSE ? FINE + COARSE : at]++;
    h->count++;
}

static double percentile(const histogram *h, double share) {
    uint64_t wanted = ceil(h->count * share), seen = 0;
    for (int i = 0; i <= FINE + COARSE; i++) {
        seen += h->buckets[i];
        if (seen >= wanted) return i < FINE ? i : FINE + (i - FINE) * 1000.0;
    }
    return 0;
}

// "name":{"n":…,"p50":…} with times in microseconds; nothing where nothing was seen.
void print_histogram(const histogram *h) {
    if (h->count)
        printf(",\"%s\":{\"n\":%lu,\"p50\":%.0f,\"p90\":%.0f,\"p99\":%.0f,\"max\":%.0f}", h->name, h->count, percentile(h, .5),
               percentile(h, .9), percentile(h, .99), percentile(h, 1));
}

void measure_pids(char *list) {
    for (char *pid = strtok(list, ","); pid && n_pids < 64; pid = strtok(NULL, ",")) pids[n_pids++] = atoi(pid);
}

static void measure_pid(int pid, usage *u) {
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (file) {
        long user = 0, system = 0;
        char *fields = fgets(line, sizeof line, file) ? strrchr(line, ')') : NULL;
        if (fields && sscanf(fields + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %ld %ld", &user, &system) == 2)
            u->server_s += (double)(user + system) / sysconf(_SC_CLK_TCK);
        fclose(file);
    }
    snprintf(path, sizeof path, "/proc/%d/statm", pid);
    if ((file = fopen(path, "r"))) {
        long resident;
        if (fscanf(file, "%*d %ld", &resident) == 1) u->rss_kb += resident * 4;
        fclose(file);
    }
}

// A thread's second number in schedstat is how long it waited for a CPU.
static double waited(int pid) {
    char path[320];
    double sum = 0;
    snprintf(path, sizeof path, "/proc/%d/task", pid);
    DIR *tasks = opendir(path);
    for (struct dirent *task; tasks && (task = readdir(tasks));) {
        unsigned long long ran, waited;
        snprintf(path, sizeof path, "/proc/%d/task/%s/schedstat", pid, task->d_name);
        FILE *file = task->d_name[0] == '.' ? NULL : fopen(path, "r");
        if (file && fscanf(file, "%llu %llu", &ran, &waited) == 2) sum += waited / 1e9;
        if (file) fclose(file);
    }
    if (tasks) closedir(tasks);
    return sum;
}

usage measure(void) {
    usage u = {0};
    for (int i = 0; i < n_pids; i++) {
        measure_pid(pids[i], &u);
        u.wait_s += waited(pids[i]);
    }
    struct rusage self;
    getrusage(RUSAGE_SELF, &self);
    u.probe_s = self.ru_utime.tv_sec + self.ru_stime.tv_sec + (self.ru_utime.tv_usec + self.ru_stime.tv_usec) / 1e6;
    // The kernel knows idle time exactly; what is busy it only samples.
    double idle, wait;
    FILE *file = fopen("/proc/stat", "r");
    if (file && fscanf(file, "cpu %*f %*f %*f %lf %lf", &idle, &wait) == 2)
        u.machine_s = now() / 1e9 * sysconf(_SC_NPROCESSORS_ONLN) - (idle + wait) / sysconf(_SC_CLK_TCK);
    if (file) fclose(file);
    return u;
}
