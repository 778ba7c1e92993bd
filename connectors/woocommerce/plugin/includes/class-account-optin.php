<?php
/**
 * The same box in the customer's account, where it can be taken back.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * A line in "Account details". The app writes an unsubscribe from an e-mail into the same place.
 */
class Account_Optin {

	const META    = 'reprise_email_consent';
	const META_AT = 'reprise_email_consent_at';
	const FIELD   = 'reprise_optin';

	/**
	 * Listen.
	 *
	 * @return void
	 */
	public static function hook() {
		if ( Optin::is_shown() ) {
			add_action( 'woocommerce_edit_account_form', array( __CLASS__, 'show' ) );
			add_action( 'woocommerce_save_account_details', array( __CLASS__, 'keep' ) );
		}
	}

	/**
	 * What a customer said, also by a link in an e-mail: true, false, or null for nothing.
	 *
	 * @param int $user_id Whose account; 0 is nobody's.
	 * @return bool|null
	 */
	public static function said( $user_id ) {
		$kept = $user_id ? (string) get_user_meta( $user_id, self::META, true ) : '';
		return in_array( $kept, array( 'subscribed', 'unsubscribed' ), true ) ? 'subscribed' === $kept : null;
	}

	/**
	 * Keep what they say now.
	 *
	 * @param int  $user_id Whose account.
	 * @param bool $yes     What they say.
	 * @return void
	 */
	public static function write( $user_id, $yes ) {
		update_user_meta( $user_id, self::META, $yes ? 'subscribed' : 'unsubscribed' );
		update_user_meta( $user_id, self::META_AT, Clock::iso() );
	}

	/**
	 * The box, as the customer left it.
	 *
	 * @return void
	 */
	public static function show() {
		woocommerce_form_field(
			self::FIELD,
			array(
				'type'     => 'checkbox',
				'class'    => array( 'form-row-wide' ),
				'label'    => esc_html( Preferences::box_label() ),
				'required' => false,
			),
			self::said( get_current_user_id() ) ? 1 : 0
		);
	}

	/**
	 * Keep and tell a change; WooCommerce checked its form's nonce.
	 *
	 * @param int $user_id Whose account.
	 * @return void
	 */
	public static function keep( $user_id ) {
		$before = self::said( $user_id );
		// phpcs:ignore WordPress.Security.NonceVerification -- see above.
		$now  = ! empty( $_POST[ self::FIELD ] );
		$user = get_userdata( $user_id );
		if ( ! $user || $before === $now || ( null === $before && ! $now ) ) {
			return;
		}
		self::write( $user_id, $now );
		Consent::remember( $now );
		Optin::tell( strtolower( $user->user_email ), $now, 'account' );
	}
}
