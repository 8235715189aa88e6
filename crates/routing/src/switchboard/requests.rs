//! What people ask, and whether it can be.

use base::Now;

use super::Switchboard;
use super::hours::Terms;
use crate::{Reply, Request, RequestError, RequestKind};

type Answer = Result<Reply, RequestError>;

impl Switchboard {
    pub(super) fn ask(&mut self, request: Request, now: Now) -> Answer {
        let by = request.by;
        match request.kind {
            RequestKind::Ready {} => self.ask_ready(&self.someone(by)?, now),
            RequestKind::NotReady { reason } => self.ask_break(&self.someone(by)?, reason, now),
            RequestKind::EndShift {} => self.ask_end_shift(&self.someone(by)?, now),
            RequestKind::Accept { offer } => self.accept(&self.someone(by)?, offer, now),
            RequestKind::Decline { offer, reason } => self.decline(&self.someone(by)?, offer, reason, now),
            RequestKind::HangUp {} => self.operator_hangs_up(&self.someone(by)?, now),
            RequestKind::Hold { on } => self.hold(&self.someone(by)?, on, now),
            RequestKind::Mute { on } => self.mute(&self.someone(by)?, on, now),
            RequestKind::Transfer { to } => self.transfer(&self.someone(by)?, to, now),
            RequestKind::Consult { to } => self.consult(&self.someone(by)?, to, now),
            RequestKind::SwapConsult {} => self.swap_consult(&self.someone(by)?, now),
            RequestKind::Conference {} => self.conference(&self.someone(by)?, now),
            RequestKind::CancelConsult {} => self.cancel_consult(&self.someone(by)?, now),
            RequestKind::CompleteConsult {} => self.complete_consult(&self.someone(by)?, now),
            RequestKind::Key { digit } => self.key(&self.someone(by)?, digit),
            RequestKind::KeyExtension {} => self.key_extension(&self.someone(by)?),
            RequestKind::Outcome { outcome } => self.give_outcome(&self.someone(by)?, outcome, now),
            RequestKind::ExtendWrapUp {} => self.extend_wrap_up(&self.someone(by)?, now),
            RequestKind::FinishWrapUp {} => self.finish_wrap_up(&self.someone(by)?, now),
            RequestKind::CloseObligation { obligation, reason } => {
                self.close_obligation(self.someone(by)?, obligation, reason, now)
            }
            RequestKind::ClaimObligation { obligation } => self.claim_obligation(self.someone(by)?, obligation, now),
            RequestKind::PlanCallback { obligation, due } => {
                self.someone(by)?;
                self.plan_wanted(obligation, due, now)
            }
            RequestKind::SamePerson { obligation } => self.same_person(&self.someone(by)?, obligation, now),
            RequestKind::DoNotCall { on } => self.do_not_call(&self.someone(by)?, on, now),
            RequestKind::FlagNumber { obligation, flag, on, reason } => {
                self.flag_number(self.someone(by)?, obligation, flag, on, reason, now)
            }
            RequestKind::AddUser { user, password } => self.add_user(user, password, now),
            RequestKind::DisableUser { operator } => self.disable_user(operator, by, now),
            RequestKind::SetPassword { operator, password } => self.set_password(operator, password, now),
            RequestKind::OweCarrierCall { caller, dialled, began, lasted_s } => {
                self.owe_carrier_call(caller, dialled, began, lasted_s, now)
            }
            RequestKind::SwitchService { service, closed, until, reason, waiting } => {
                self.switch_service(service, closed, Terms { until, reason, waiting, by }, now)
            }
            RequestKind::SetRota { operator, rota } => self.set_rota(operator, rota, by, now),
            RequestKind::ConfirmHoliday { calendar, holiday } => self.confirm_holiday(calendar, holiday, by, now),
        }
    }
}
