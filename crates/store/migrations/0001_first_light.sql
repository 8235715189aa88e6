CREATE SCHEMA helpline;
