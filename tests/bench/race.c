// Starts programs in turn and prints how long each took from start to end, as JSON.
//
//     race ROUNDS PROGRAM... -- ARGUMENT...
//
// One core, vfork and wait, no shell; the programs alternate within each round, so that whatever
// else the machine does hits all of them alike. Times are microseconds.

#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { WARM_UP = 20, MAX_ARGUMENTS = 30 };

static double now(void) {
	struct timespec time;
	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static double once(const char *program, char **argv) {
	double start = now();
	pid_t child = vfork();
	if (child == 0) {
		execv(program, argv);
		_exit(126);
	}
	int status = -1;
	if (child < 0 || waitpid(child, &status, 0) != child || status != 0) {
		fprintf(stderr, "race: %s failed with status %x\n", program, (unsigned)status);
		exit(1);
	}
	return now() - start;
}

static int ascending(const void *left, const void *right) {
	double a = *(const double *)left, b = *(const double *)right;
	return (a > b) - (a < b);
}

int main(int argc, char **argv) {
	int programs = 0;
	while (2 + programs < argc && strcmp(argv[2 + programs], "--") != 0) programs++;
	int rounds = argc > 2 ? atoi(argv[1]) : 0;
	int rest = argc - 3 - programs;
	if (rounds < 1 || programs < 1 || rest < 0 || rest > MAX_ARGUMENTS) {
		fprintf(stderr, "usage: race ROUNDS PROGRAM... -- ARGUMENT...\n");
		return 2;
	}
	char *arguments[MAX_ARGUMENTS + 2] = {0};
	for (int i = 0; i < rest; i++) arguments[1 + i] = argv[3 + programs + i];
	cpu_set_t core;
	CPU_ZERO(&core);
	CPU_SET(sched_getcpu(), &core);
	sched_setaffinity(0, sizeof core, &core);
	// What the programs print is thrown away.
	FILE *out = fdopen(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3), "w");
	if (out == NULL || dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO) < 0) return 1;
	double *times = malloc(sizeof *times * (size_t)rounds * (size_t)programs);
	if (times == NULL) return 1;
	for (int round = -WARM_UP; round < rounds; round++) {
		for (int i = 0; i < programs; i++) {
			arguments[0] = argv[2 + i];
			double time = once(argv[2 + i], arguments);
			if (round >= 0) times[i * rounds + round] = time;
		}
	}
	for (int i = 0; i < programs; i++) {
		double *mine = times + i * rounds;
		qsort(mine, (size_t)rounds, sizeof *mine, ascending);
		fprintf(out, "%s{\"least\": %.1f, \"quartile\": %.1f, \"median\": %.1f, \"p99\": %.1f}",
		        i ? ", " : "[", mine[0], mine[rounds / 4], mine[rounds / 2], mine[rounds * 99 / 100]);
	}
	fprintf(out, "]\n");
	return 0;
}
