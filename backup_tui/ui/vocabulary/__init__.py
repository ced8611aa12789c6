"""The words for what several features show: sessions, units, changes, the service. Pure; knows no screen."""
