"""One frame for every kind of change at the service: reviewed, agreed to, sent once, looked into when lost."""
