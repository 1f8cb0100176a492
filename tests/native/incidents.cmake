# Incidents of scenarios/incidents whose shape compiled C can have, and exceptions that nobody handles.
kss_harness_test(incidents incidents)
